/// Whether a server must show that it is a master before its answers are believed.
///
/// After a failover the former master may go on answering for a while: behind a virtual IP address, a Kubernetes Service or
/// a managed endpoint nothing else tells a process that only reads. With the check, every answer comes from a server that
/// said, at most the interval before it was asked, that it is a master; a change is noticed within the interval and the time
/// of one exchange. The check travels in front of commands that are sent anyway, and costs the server 2 to 5 microseconds.
/// Host names are looked up again as often, and a connection leaves an address that its name no longer has.
public enum RoleCheck: Hashable, Sendable {
    /// Asks by INFO, or by ROLE where INFO is not permitted. Where neither is, operations throw `storeUnavailable`, which
    /// names the right. 100 milliseconds to one minute.
    case every(Duration)
    /// Believes any server, also a replica and a former master. Only for servers that permit neither INFO nor ROLE, and
    /// have no replicas.
    case off

    var interval: Duration? {
        if case .every(let interval) = self { interval } else { nil }
    }

    func validate() throws(SessionRepositoryError) {
        guard let interval else { return }
        guard interval >= .milliseconds(100), interval <= .seconds(60) else {
            throw .invalidConfiguration(
                setting: "roleCheckInterval", problem: "it must be 100 milliseconds to one minute")
        }
    }
}

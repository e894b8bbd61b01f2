/// Whether a server must show that it is a master before its answers are believed.
///
/// After a failover the former master may go on answering for a while: behind a virtual IP address, a Kubernetes Service or
/// a managed endpoint nothing else tells a process that only reads. With the check, every answer comes from a server that
/// said, at most the interval before it was asked, that it is a master; a change is noticed within the interval and the time
/// of one exchange. The check travels in front of commands that are sent anyway, and costs the server 2 to 5 microseconds.
/// Host names are looked up again as often, and the client reconnects when the name no longer resolves to
/// the connected address.
public enum RoleCheck: Hashable, Sendable {
    /// Asks by INFO, or by ROLE where INFO is not permitted. Where neither is, operations throw `storeUnavailable`, which
    /// names the right. 100 milliseconds to one minute.
    case every(Duration)
    /// Uses the answers of any server, also of a replica and of a former master. Only for a server that permits neither INFO
    /// nor ROLE and has no replicas. Masters found through Sentinels or in a cluster are still verified at each connection.
    case off

    var interval: Duration? {
        if case .every(let interval) = self { interval } else { nil }
    }

    func validate() throws(SessionRepositoryError) {
        guard let interval else { return }
        guard interval >= .milliseconds(100), interval <= .seconds(60) else {
            throw .invalidConfiguration(
                setting: "roleCheck", problem: "it must be 100 milliseconds to one minute")
        }
    }
}

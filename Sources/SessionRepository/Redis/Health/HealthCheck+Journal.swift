import RedisClient

extension HealthCheck {
    /// Whether a server refuses to take this process' earlier revocations again.
    static func journal(_ held: HeldWrites) -> HealthCheck {
        guard held.count > 0 else {
            return HealthCheck(name: "journal", status: .ok, detail: "the server has taken this process' revocations")
        }
        let advice = held.causes.sorted().compactMap(Self.advice)
        return HealthCheck(
            name: "journal", status: .fail,
            detail: "the server does not take \(held.count) earlier revocations again "
                + "(\(held.causes.sorted().joined(separator: ", "))), and what lies in the same hash slots is "
                + "storeUnavailable until it does"
                + (advice.isEmpty ? "" : "; " + advice.joined(separator: "; ")))
    }

    private static func advice(_ cause: String) -> String? {
        switch cause {
        case "NOREPLICAS":
            "it wants replicas that it does not have: bring them back, or lower min-replicas-to-write in redis.conf"
        case "MISCONF": "its last snapshot failed: make room on its disk"
        case "OOM": "it is at its memory limit: raise maxmemory in redis.conf"
        default: nil
        }
    }
}

/// What one Sentinel says of the master and of those around it.
struct SentinelReport: Sendable {
    let masterPort: Int?
    let masterFlags: String
    let otherSentinels: Int
    /// By port; only those of which it has heard that their replication works.
    let goodReplicas: Set<Int>

    init(asking sentinel: FleetServer, about name: String) async throws(EmbeddedRedisError) {
        let limit = Duration.seconds(1)
        let master = try await sentinel.redis.send(["SENTINEL", "MASTER", name], limit: limit).fields
        masterPort = master["port"].flatMap { Int($0) }
        masterFlags = master["flags"] ?? ""
        otherSentinels = master["num-other-sentinels"].flatMap { Int($0) } ?? 0
        let replicas = try await sentinel.redis.send(["SENTINEL", "REPLICAS", name], limit: limit).array
        let good = replicas.map(\.fields).filter { $0["flags"] == "slave" && $0["master-link-status"] == "ok" }
        goodReplicas = Set(good.compactMap { $0["port"].flatMap { Int($0) } })
    }
}

extension EmbeddedCluster {
    /// Makes a replica of `master` the master in its place, and returns it once the cluster is stable.
    ///
    /// - Parameter force: do not ask the master, which may be dead or stopped by a signal.
    package func failover(of master: FleetServer, force: Bool = false) async throws(EmbeddedRedisError) -> FleetServer {
        guard let replica = try await replicas(of: master).first else {
            throw .systemError("\(master) has no replica that runs")
        }
        let absent = force ? [master] : []
        let id = try id(of: replica)
        var lastOrder: ContinuousClock.Instant?
        try await waiting(within: .seconds(30), orElse: "no failover of \(master)") { () throws(EmbeddedRedisError) in
            guard await !snapshot(without: absent, limit: .seconds(1)).isMaster(id) else { return .done(()) }
            // A replica gives up a manual failover after five seconds, for example because it got too few votes.
            if lastOrder.map({ .now - $0 > .seconds(6) }) ?? true {
                lastOrder = .now
                try await replica.order(["CLUSTER", "FAILOVER"] + (force ? ["FORCE"] : []))
            }
            return .waiting(for: "\(replica) is still a replica")
        }
        try await waitUntilStable(without: absent)
        return replica
    }
}

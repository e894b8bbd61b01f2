/// A private master with replicas, under the eyes of Sentinels, for one process: for tests and for the demonstration.
///
/// All are embedded servers, so they die with this process and with the last reference to the group.
package final class EmbeddedSentinels: Sendable {
    /// First the master, then the replicas, as they were at the start.
    package let servers: [FleetServer]
    package let sentinels: [FleetServer]
    let options: EmbeddedSentinelsOptions

    private init(servers: [FleetServer], sentinels: [FleetServer], options: EmbeddedSentinelsOptions) {
        self.servers = servers
        self.sentinels = sentinels
        self.options = options
    }

    /// Starts a group and returns once all Sentinels know each other and all servers, and every replica is in step.
    package static func start(
        _ options: EmbeddedSentinelsOptions = EmbeddedSentinelsOptions()
    ) async throws(EmbeddedRedisError) -> EmbeddedSentinels {
        var started: [FleetServer] = []
        do throws(EmbeddedRedisError) {
            let master = try await startServers([options.serverOptions(master: nil)])
            started += master
            let replica = options.serverOptions(master: master[0])
            let replicas = try await startServers(Array(repeating: replica, count: options.replicas))
            started += replicas
            try await waitForReplicas(replicas)
            let sentinel = options.sentinelOptions(master: master[0])
            let sentinels = try await startServers(Array(repeating: sentinel, count: options.sentinels))
            started += sentinels
            let group = EmbeddedSentinels(servers: master + replicas, sentinels: sentinels, options: options)
            try await group.quicken()
            _ = try await group.waitUntilStable()
            return group
        } catch {
            await stopServers(started)
            throw error
        }
    }

    /// A Sentinel asks the master for its replicas at once when it starts, but the next time ten seconds later.
    private static func waitForReplicas(_ replicas: [FleetServer]) async throws(EmbeddedRedisError) {
        try await waiting(within: .seconds(30), orElse: "no replication") {
            () throws(EmbeddedRedisError) -> Progress<Void> in
            for replica in replicas {
                let link = try await replica.info("replication", "master_link_status", limit: .seconds(10))
                guard link == "up" else { return .waiting(for: "\(replica) is not in step with its master") }
            }
            return .done(())
        }
    }

    /// Sentinels greet each other every two seconds and look at the servers every ten. Redis 7 can be told to do it
    /// more often, and an older one does without. Nothing that a client sees depends on it. Forgotten when a Sentinel is
    /// started again.
    package func quicken() async throws(EmbeddedRedisError) {
        _ = try await concurrently(sentinels.filter(\.isRunning)) { sentinel throws(EmbeddedRedisError) in
            try await sentinel.send(
                "SENTINEL", "DEBUG", "PUBLISH-PERIOD", "200", "INFO-PERIOD", "500", "ASK-PERIOD", "300",
                "PING-PERIOD", "200", "TILT-PERIOD", "1000")
        }.values()
    }

    /// Ends the servers and removes their directories. Calling it again does nothing.
    package func stop() async {
        await stopServers(sentinels + servers)
    }

    /// All Sentinels and the master's name, for a client. Holds the password of the data servers.
    package var url: String {
        let addresses = sentinels.map(\.address).joined(separator: ",")
        let user = options.serverOptions(master: nil).userInformation
        return "redis+sentinel://\(user)\(addresses)/\(options.masterName)"
    }
}

/// How an embedded group of Sentinels and the servers that they watch differ from the default one.
package struct EmbeddedSentinelsOptions: Sendable {
    package var replicas = 2
    package var sentinels = 3
    /// What the Sentinels call the master.
    package var masterName = "mymaster"
    /// What the default user of the data servers must give, and replicas to their master. Sentinel writes it into its
    /// file without quotes, so it must have neither spaces nor quotes.
    package var password: String?
    /// After this time without an answer a Sentinel takes a server for down.
    package var downAfter = Duration.milliseconds(500)
    /// A failover that takes longer is given up, and the next attempt comes after twice this time.
    package var failoverTimeout = Duration.seconds(3)
    /// Keep append-only files. Without them, a master that restarts before it counts as down comes back empty, and its
    /// replicas follow it.
    package var appendOnly = false
    /// More lines of redis.conf for every data server; they take precedence.
    package var configuration: [String] = []

    package init() {}
}

extension EmbeddedSentinelsOptions {
    /// A data server's; without `master`, the first master's.
    func serverOptions(master: FleetServer?) -> EmbeddedRedisOptions {
        var lines = EmbeddedRedisOptions.fastReplication(password: password)
        if let master { lines.append("replicaof 127.0.0.1 \(master.port)") }
        return EmbeddedRedisOptions(
            listensOnPort: true, password: password, appendOnly: appendOnly, configuration: lines + configuration)
    }

    func sentinelOptions(master: FleetServer) -> EmbeddedRedisOptions {
        let quorum = sentinels / 2 + 1
        var lines = [
            "sentinel monitor \(masterName) 127.0.0.1 \(master.port) \(quorum)",
            "sentinel down-after-milliseconds \(masterName) \(Int(downAfter / .milliseconds(1)))",
            "sentinel failover-timeout \(masterName) \(Int(failoverTimeout / .milliseconds(1)))",
            "sentinel parallel-syncs \(masterName) \(max(replicas, 1))",
        ]
        if let password { lines.append("sentinel auth-pass \(masterName) \(password)") }
        var options = EmbeddedRedisOptions(listensOnPort: true, configuration: lines)
        options.role = .sentinel
        return options
    }
}

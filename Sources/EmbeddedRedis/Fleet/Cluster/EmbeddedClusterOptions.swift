/// How an embedded cluster differs from the default one.
package struct EmbeddedClusterOptions: Sendable {
    package var masters = 3
    package var replicasPerMaster = 1
    /// What the default user must give, and replicas to their masters.
    package var password: String?
    /// After this time without an answer a node counts as failed.
    package var nodeTimeout = Duration.milliseconds(1500)
    /// Refuse every key while some slot has no server.
    package var requiresFullCoverage = true
    /// Keep append-only files. Without them, a master that restarts before it counts as failed comes back empty, and
    /// its replicas follow it.
    package var appendOnly = false
    /// More lines of redis.conf for every node; they take precedence.
    package var configuration: [String] = []
    /// As in `EmbeddedRedisOptions`.
    package var preload: String?

    package init() {}
}

extension EmbeddedClusterOptions {
    var nodeOptions: EmbeddedRedisOptions {
        var lines = [
            "cluster-enabled yes",
            "cluster-node-timeout \(Int(nodeTimeout / .milliseconds(1)))",
            "cluster-require-full-coverage \(requiresFullCoverage ? "yes" : "no")",
            "cluster-announce-ip 127.0.0.1",
            // However old its data, a replica may take over.
            "cluster-replica-validity-factor 0",
        ]
        lines += EmbeddedRedisOptions.fastReplication(password: password)
        var options = EmbeddedRedisOptions(
            listensOnPort: true, password: password, appendOnly: appendOnly, configuration: lines + configuration)
        options.preload = preload
        return options
    }
}

extension EmbeddedRedisOptions {
    /// Replicas are in step soon after their start, and soon notice that their master is gone.
    static func fastReplication(password: String?) -> [String] {
        let lines = [
            "repl-diskless-sync yes", "repl-diskless-sync-delay 0", "repl-ping-replica-period 1", "repl-timeout 10",
        ]
        guard let password else { return lines }
        return lines + ["masterauth \(quoted(password))"]
    }
}

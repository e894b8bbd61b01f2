extension ServerHealth {
    /// `nil` for a server that stands alone and is not meant to be replaced by another.
    var replication: HealthCheck? {
        func found(_ status: HealthCheck.Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "replication", status: status, detail: detail)
        }
        guard info["role"] != "slave" else {
            return found(
                .fail,
                "this server is a replica: nothing can be created or ended here; connect to its master, through "
                    + "Sentinels by redis+sentinel://…; REPLICAOF NO ONE only if that master is gone for good")
        }
        guard let count = info["connected_slaves"].flatMap(Int.init) else {
            guard hasSuccessor else { return nil }
            return found(.warn, "the server does not tell how many replicas it has; permit INFO")
        }
        let needed = settings["min-replicas-to-write"].flatMap(Int.init)
        let good = info["min_slaves_good_slaves"].flatMap(Int.init) ?? count
        if let needed, needed > good {
            return found(
                .fail,
                "min-replicas-to-write is \(needed), and \(good) of \(count) replicas keep up: every write is refused; "
                    + "bring the replicas back, or \(set("min-replicas-to-write", "\(good)"))")
        }
        guard count > 0 || hasSuccessor else { return nil }
        guard count > 0 else {
            return found(
                .warn,
                "no replica is connected: nothing takes the place of this master when it fails; on the replica's machine: "
                    + "redis-cli REPLICAOF <this host> \(info["tcp_port"] ?? "6379"), and for good CONFIG REWRITE")
        }
        guard let needed else {
            return found(
                .warn,
                "replicas connected: \(count), but min-replicas-to-write cannot be read; make sure that it is 1")
        }
        guard needed != 0 else {
            return found(
                .warn,
                "replicas connected: \(count), but min-replicas-to-write is 0: cut off from all of them, this master goes "
                    + "on and what is revoked at its successor stays good here; \(set("min-replicas-to-write", "1"))")
        }
        return found(.ok, "replicas connected: \(count), min-replicas-to-write \(needed)")
    }
}

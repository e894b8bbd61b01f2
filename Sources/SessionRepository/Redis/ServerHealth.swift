/// What one server's INFO and settings say about what breaks a promise in practice.
struct ServerHealth {
    /// Empty where the server does not let us read it.
    let info: [String: String]
    /// Those that the server lets us read.
    let settings: [String: String]
    /// Whether it is one of several, of which a replica takes the place of one that fails.
    let hasSuccessor: Bool
    /// Whether it says that it takes no writes, because it cannot save them.
    var refusesWrites = false

    static let wantedSettings = [
        "maxmemory-policy", "hash-max-listpack-value", "hash-max-ziplist-value", "appendfsync", "save",
        "min-replicas-to-write", "stop-writes-on-bgsave-error",
    ]

    var checks: [HealthCheck] {
        [version, topology, eviction, persistence, writes, compactHashes, memory, fragmentation]
            + [replication].compactMap(\.self)
    }

    private var version: HealthCheck {
        let name = info["valkey_version"] == nil ? "Redis" : "Valkey"
        let text = info["redis_version"] ?? "unknown"
        let parts = text.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else {
            return HealthCheck(
                name: "version", status: .warn,
                detail: "the server does not tell its version; permit INFO, and use Redis 6.2 or later, or Valkey")
        }
        guard (parts[0], parts[1]) >= (6, 2) else {
            return HealthCheck(
                name: "version", status: .fail, detail: "Redis \(text) is too old; use 6.2 or later, or Valkey 7.2")
        }
        return HealthCheck(name: "version", status: .ok, detail: "\(name) \(info["valkey_version"] ?? text)")
    }

    /// Whether the URL says what there is.
    private var topology: HealthCheck {
        func found(_ status: HealthCheck.Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "topology", status: status, detail: detail)
        }
        guard !hasSuccessor else { return found(.ok, "the servers are what the URL says") }
        switch info["redis_mode"] {
        case nil:
            return found(.warn, "whether the server is a node of a cluster cannot be read; permit INFO")
        case "cluster":
            return found(
                .fail,
                "the server is a node of a Redis Cluster: it refuses keys of other nodes (MOVED); write "
                    + "redis+cluster://host:port instead of redis://")
        default:
            return found(.ok, "one server, as the URL says")
        }
    }

    /// An evicted invalidation key would make a revoked token good again.
    private var eviction: HealthCheck {
        switch settings["maxmemory-policy"] ?? info["maxmemory_policy"] {
        case "noeviction":
            HealthCheck(name: "eviction", status: .ok, detail: "maxmemory-policy is noeviction")
        case let policy?:
            HealthCheck(
                name: "eviction", status: .fail,
                detail: "maxmemory-policy is \(policy): an evicted key can bring back what was revoked; "
                    + set("maxmemory-policy", "noeviction"))
        case nil:
            notReadable("eviction", "maxmemory-policy", "noeviction")
        }
    }

    /// A user agent is longer than the default limit of 64 bytes, and doubles what a session costs. Before Redis 7 it has
    /// another name.
    private var compactHashes: HealthCheck {
        let names = ["hash-max-listpack-value", "hash-max-ziplist-value"]
        guard let name = names.first(where: { settings[$0] != nil }), let value = settings[name].flatMap(Int.init)
        else {
            return notReadable("memory per session", names[0], "512")
        }
        guard value >= 512 else {
            return HealthCheck(
                name: "memory per session", status: .warn,
                detail: "\(name) is \(value): sessions take up to twice the memory; \(set(name, "512"))")
        }
        return HealthCheck(name: "memory per session", status: .ok, detail: "\(name) is \(value)")
    }

    func notReadable(_ name: String, _ setting: String, _ expected: String) -> HealthCheck {
        HealthCheck(
            name: name, status: .warn,
            detail: "\(setting) cannot be read: the server does not permit it; make sure that it is \(expected)")
    }

    /// Reads the lines of INFO.
    static func fields(ofInfo text: String) -> [String: String] {
        var info: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { info[String(parts[0])] = String(parts[1]) }
        }
        return info
    }
}

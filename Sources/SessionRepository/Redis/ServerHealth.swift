/// What one server's INFO and settings say about what breaks a promise in practice.
struct ServerHealth {
    /// Empty where the server does not let us read it.
    let info: [String: String]
    /// Those that the server lets us read.
    let settings: [String: String]
    /// Whether it is one of several, of which a replica takes the place of one that fails.
    let hasSuccessor: Bool

    static let wantedSettings = [
        "maxmemory-policy", "hash-max-listpack-value", "hash-max-ziplist-value", "appendfsync", "save",
        "min-replicas-to-write",
    ]

    var checks: [HealthCheck] {
        [version, eviction, persistence, compactHashes, memory, fragmentation] + [replication].compactMap(\.self)
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

    /// An evicted invalidation key would make a revoked token good again.
    private var eviction: HealthCheck {
        switch settings["maxmemory-policy"] ?? info["maxmemory_policy"] {
        case "noeviction":
            HealthCheck(name: "eviction", status: .ok, detail: "maxmemory-policy is noeviction")
        case let policy?:
            HealthCheck(
                name: "eviction", status: .fail,
                detail: "maxmemory-policy is \(policy): an evicted key can bring back what was revoked; "
                    + "CONFIG SET maxmemory-policy noeviction")
        case nil:
            notReadable("eviction", "maxmemory-policy", "noeviction")
        }
    }

    private var persistence: HealthCheck {
        func found(_ status: HealthCheck.Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "persistence", status: status, detail: detail)
        }
        guard let isOn = info["aof_enabled"] else { return notReadable("persistence", "appendonly", "yes") }
        guard isOn == "1" else {
            // What is not told may be either.
            let isSaved = settings["save"].map { !$0.isEmpty } ?? (info["rdb_last_save_time"] != nil)
            return found(
                .warn,
                (isSaved
                    ? "there are snapshots, but no append-only file: a restart goes back to the last one, and what was "
                        + "revoked since is good again; "
                    : "the append-only file is off: a restart forgets sessions and revocations; ")
                    + "CONFIG SET appendonly yes")
        }
        guard info["aof_last_write_status"] != "err" else {
            return found(.fail, "the append-only file cannot be written; make room on the server's disk")
        }
        guard settings["appendfsync"] != "no" else {
            return found(
                .warn,
                "the append-only file is written whenever the system likes: a crash loses half a minute and more; "
                    + "CONFIG SET appendfsync everysec")
        }
        return found(.ok, "the append-only file is on" + (settings["appendfsync"].map { ", appendfsync \($0)" } ?? ""))
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
                detail: "\(name) is \(value): sessions take up to twice the memory; CONFIG SET \(name) 512")
        }
        return HealthCheck(name: "memory per session", status: .ok, detail: "\(name) is \(value)")
    }

    func notReadable(_ name: String, _ setting: String, _ expected: String) -> HealthCheck {
        HealthCheck(
            name: name, status: .warn,
            detail: "the server does not let us read \(setting); make sure that it is \(expected)")
    }

    /// Reads the lines of INFO.
    static func fields(ofInfo text: String) -> [String: String] {
        var info: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { info[String(parts[0])] = String(parts[1]) }
        }
        return info
    }
}

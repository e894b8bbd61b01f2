/// What one server's INFO and settings say about what breaks a promise in practice.
struct ServerHealth {
    let info: [String: String]
    /// Those that the server lets us read.
    let settings: [String: String]
    /// Whether it is one of several, of which a replica takes the place of one that fails.
    let hasSuccessor: Bool

    static let wantedSettings = ["maxmemory-policy", "hash-max-listpack-value"]

    var checks: [HealthCheck] {
        [version, eviction, persistence, compactHashes, memory] + (hasSuccessor ? [replication] : [])
    }

    private var version: HealthCheck {
        let text = info["redis_version"] ?? "unknown"
        let parts = text.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else {
            return HealthCheck(name: "version", status: .warn, detail: "the server does not tell its version")
        }
        guard (parts[0], parts[1]) >= (6, 2) else {
            return HealthCheck(
                name: "version", status: .fail, detail: "Redis \(text) is too old; use 6.2 or later, or Valkey 7.2")
        }
        return HealthCheck(name: "version", status: .ok, detail: "Redis \(text)")
    }

    /// An evicted invalidation key would make a revoked token good again.
    private var eviction: HealthCheck {
        switch settings["maxmemory-policy"] {
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
        if info["aof_enabled"] == "1" {
            let healthy = info["aof_last_write_status"] != "err"
            return HealthCheck(
                name: "persistence", status: healthy ? .ok : .fail,
                detail: healthy
                    ? "the append-only file is on"
                    : "the append-only file cannot be written; make room on the server's disk")
        }
        return HealthCheck(
            name: "persistence", status: .warn,
            detail: "the append-only file is off: a restart forgets sessions and revocations; "
                + "CONFIG SET appendonly yes")
    }

    /// A user agent is longer than the default limit of 64 bytes, and doubles what a session costs.
    private var compactHashes: HealthCheck {
        let name = "hash-max-listpack-value"
        guard let text = settings[name], let value = Int(text) else {
            return notReadable("memory per session", name, "512")
        }
        guard value >= 512 else {
            return HealthCheck(
                name: "memory per session", status: .warn,
                detail: "\(name) is \(value): sessions take up to twice the memory; CONFIG SET \(name) 512")
        }
        return HealthCheck(name: "memory per session", status: .ok, detail: "\(name) is \(value)")
    }

    private var memory: HealthCheck {
        let used = info["used_memory"].flatMap(Int.init) ?? 0
        let limit = info["maxmemory"].flatMap(Int.init) ?? 0
        guard limit > 0 else {
            return HealthCheck(
                name: "memory", status: .warn,
                detail: "maxmemory is not set: a full machine would end Redis; CONFIG SET maxmemory, with headroom")
        }
        let percent = Int(min(Double(used) / Double(limit) * 100, 999).rounded())
        let status: HealthCheck.Status = percent >= 100 ? .fail : percent >= 80 ? .warn : .ok
        return HealthCheck(
            name: "memory", status: status,
            detail: "\(percent)% of maxmemory is in use" + (status == .ok ? "" : "; raise maxmemory"))
    }

    private func notReadable(_ name: String, _ setting: String, _ expected: String) -> HealthCheck {
        HealthCheck(
            name: name, status: .warn,
            detail: "the server does not let us read \(setting); make sure that it is \(expected)")
    }

    private var replication: HealthCheck {
        let count = info["connected_slaves"].flatMap(Int.init) ?? 0
        guard count > 0 else {
            return HealthCheck(
                name: "replication", status: .warn,
                detail: "no replica is connected: nothing takes the place of this master when it fails")
        }
        return HealthCheck(name: "replication", status: .ok, detail: "replicas connected: \(count)")
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

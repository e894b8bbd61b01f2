extension ServerHealth {
    var memory: HealthCheck {
        guard let used = info["used_memory"].flatMap(Int.init), let limit = info["maxmemory"].flatMap(Int.init) else {
            return notReadable("memory", "maxmemory", "set, with headroom")
        }
        guard limit > 0 else {
            // Three quarters: the rest is for what a rewrite of the append-only file takes, and for the system.
            let total = info["total_system_memory"].flatMap(Int.init) ?? 0
            let proposal = total > 0 ? "\((total >> 20) * 3 / 4)mb" : "<three quarters of the machine's memory>"
            return HealthCheck(
                name: "memory", status: .warn,
                detail: "maxmemory is not set: a full machine would end Redis; \(set("maxmemory", proposal)); less if "
                    + "others need memory there")
        }
        let percent = Int(min(Double(used) / Double(limit) * 100, 999).rounded())
        let more = max(limit >> 20, 1) * 3 / 2 + 1
        let status: HealthCheck.Status = percent >= 100 ? .fail : percent >= 80 ? .warn : .ok
        return HealthCheck(
            name: "memory", status: status,
            detail: "\(percent)% of maxmemory is in use"
                + (status == .ok ? "" : "; full, it takes no new session: \(set("maxmemory", "\(more)mb"))"))
    }

    /// What the machine gives beyond what Redis uses. Of a small server's it is most, and means nothing.
    var fragmentation: HealthCheck {
        guard let ratio = info["mem_fragmentation_ratio"].flatMap(Double.init),
            let bytes = info["mem_fragmentation_bytes"].flatMap(Int.init)
        else {
            return HealthCheck(
                name: "fragmentation", status: .warn,
                detail: "the server does not tell what its memory costs; permit INFO")
        }
        guard ratio > 1.5, bytes > 64 << 20 else {
            return HealthCheck(name: "fragmentation", status: .ok, detail: "little memory is lost between values")
        }
        return HealthCheck(
            name: "fragmentation", status: .warn,
            detail: "\(bytes >> 20) MB of memory are lost between values (ratio \(ratio)), which maxmemory does not "
                + "count; MEMORY PURGE, or \(set("activedefrag", "yes"))")
    }
}

/// What a restart forgets, and whether a full disk stops writes.
extension ServerHealth {
    var persistence: HealthCheck {
        func found(_ status: HealthCheck.Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "persistence", status: status, detail: detail)
        }
        guard let isOn = info["aof_enabled"] else { return notReadable("persistence", "appendonly", "yes") }
        guard isOn == "1" else {
            let rest =
                switch settings["save"] {
                case nil:
                    "and whether there are snapshots cannot be read; a restart goes back to the last one, if any; "
                case "": "a restart forgets sessions and revocations; "
                case .some:
                    "there are snapshots only; a restart goes back to the last one, and what was revoked since is good "
                        + "again; "
                }
            return found(.warn, "the append-only file is off: " + rest + set("appendonly", "yes"))
        }
        guard info["aof_last_write_status"] != "err" else {
            return found(.fail, "the append-only file cannot be written; make room on the server's disk")
        }
        guard let sync = settings["appendfsync"] else {
            return found(
                .warn, "the append-only file is on, but appendfsync cannot be read; make sure that it is everysec")
        }
        guard sync != "no" else {
            return found(
                .warn,
                "the append-only file is written whenever the system likes: a crash loses half a minute and more; "
                    + set("appendfsync", "everysec"))
        }
        return found(.ok, "the append-only file is on, appendfsync \(sync)")
    }

    /// With save points, and with the setting that is on by default, a snapshot that fails stops all writes: also
    /// revocations.
    var writes: HealthCheck {
        func found(_ status: HealthCheck.Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "writes", status: status, detail: detail)
        }
        let setting = "stop-writes-on-bgsave-error"
        let hasFailed = info["rdb_last_bgsave_status"] == "err"
        if refusesWrites {
            return found(
                .fail,
                "the server takes no writes (MISCONF), because it cannot save them: nothing can be created or ended; see "
                    + "its log, and make room on its disk; to go on without: \(set(setting, "no"))")
        }
        let stops = settings[setting].map { $0 != "no" }
        let saves = settings["save"].map { !$0.isEmpty }
        if stops == false || saves == false {
            return hasFailed
                ? found(.warn, "the last snapshot failed; see the server's log, and make room on its disk")
                : found(.ok, "a failed snapshot does not stop writes")
        }
        guard stops == true, saves == true else {
            return found(
                .warn,
                "\(setting) and save cannot be read"
                    + (hasFailed
                        ? ", and the last snapshot failed: soon the server may take no writes"
                        : "; make sure that a failed snapshot does not stop writes"))
        }
        return hasFailed
            ? found(
                .fail,
                "the last snapshot failed, and \(setting) is yes: the server takes no writes; see its log, and make room "
                    + "on its disk; to go on without: \(set(setting, "no"))")
            : found(
                .warn,
                "\(setting) is yes, and there are save points: a snapshot that fails, as on a full disk, stops all writes, "
                    + "also revocations; \(set(setting, "no"))")
    }
}

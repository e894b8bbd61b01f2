/// Advice that outlives a restart: what CONFIG SET and ACL SETUSER change is lost with the server's process.
extension ServerHealth {
    func set(_ setting: String, _ value: String) -> String {
        let forGood =
            switch info["config_file"] {
            case "": "the option --\(setting) \(value) at its start, for it has no configuration file"
            case let file?: "CONFIG REWRITE (or \"\(setting) \(value)\" in \(file))"
            case nil: "CONFIG REWRITE (or \"\(setting) \(value)\" in redis.conf)"
            }
        return "CONFIG SET \(setting) \(value), and for good \(forGood)"
    }
}

extension HealthCheck {
    /// Gives a user rights.
    static func permit(_ user: String, _ rules: String) -> String {
        "ACL SETUSER \(user) \(rules), and for good ACL SAVE (CONFIG REWRITE where there is no aclfile)"
    }
}

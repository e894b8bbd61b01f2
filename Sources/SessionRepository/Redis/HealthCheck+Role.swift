extension HealthCheck {
    /// Whether answers of a replica, or of a former master, would be used.
    /// - Parameters:
    ///   - role: what the server says by INFO or ROLE; `nil` when it says neither.
    ///   - isChecked: whether the repository asks for it.
    static func role(_ role: String?, isChecked: Bool) -> HealthCheck {
        func found(_ status: Status, _ detail: String) -> HealthCheck {
            HealthCheck(name: "role", status: status, detail: detail)
        }
        switch role {
        case "master" where isChecked:
            return found(.ok, "the server says that it is a master, and is asked again and again")
        case "master":
            return found(
                .warn,
                "the role check is off: the client would keep using the answers of a demoted master; set roleCheck")
        case nil where isChecked:
            return found(
                .fail,
                "the server permits neither INFO nor ROLE, so every operation is storeUnavailable; permit one of them: "
                    + permit("…", "+info +role"))
        case nil:
            return found(
                .warn, "the role check is off, and the server permits neither INFO nor ROLE; permit one of them")
        default:
            return found(.fail, "the server is no master: every operation is storeUnavailable; connect to its master")
        }
    }
}

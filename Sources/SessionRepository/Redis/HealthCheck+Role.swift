extension HealthCheck {
    /// Whether answers of a replica, or of a former master, would be believed.
    static func role(_ interval: Duration?) -> HealthCheck {
        guard interval != nil else {
            return HealthCheck(
                name: "role", status: .warn,
                detail: "the role check is off: a demoted master goes on being believed; permit INFO or ROLE (+info, "
                    + "+role) and set roleCheckInterval")
        }
        return HealthCheck(name: "role", status: .ok, detail: "the server shows that it is a master")
    }
}

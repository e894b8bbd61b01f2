/// Asks a server whether it takes commands: connected, logged in, and done loading its data.
struct ReadinessProbe: Sendable {
    let directory: String
    let password: String?

    /// Blocks for a second or two at most.
    func succeeds() -> Bool {
        let limit = Duration.seconds(1)
        guard let connection = ServerConnection.open(directory: directory, password: password, limit: limit) else {
            return false
        }
        return connection.send(["PING"]) == .string("PONG")
    }
}

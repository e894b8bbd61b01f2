package import Foundation

/// One server of a fleet.
package struct FleetServer: Sendable {
    package let redis: EmbeddedRedis
    /// On 127.0.0.1; the same for as long as the fleet lives.
    package let port: Int

    init(_ redis: EmbeddedRedis) throws(EmbeddedRedisError) {
        guard let port = redis.port else { throw .systemError("a server of a fleet has no port") }
        self.redis = redis
        self.port = port
    }

    package var address: String { "127.0.0.1:\(port)" }
    package var processID: pid_t { redis.processID }
    package var isRunning: Bool { redis.isRunning }

    /// Sends the server a signal, such as SIGSTOP or SIGCONT; nothing when it is not running.
    package func signal(_ signal: Int32) { redis.signal(signal) }

    /// Kills the server, and returns once it is gone.
    package func kill() async throws(EmbeddedRedisError) { try await redis.kill() }

    /// Starts the server again on the same port, with what it knew of its fleet, and returns once it answers.
    package func restart() async throws(EmbeddedRedisError) { try await redis.restart() }

    /// What the server says to a command, on a connection of its own; an error reply is a value too.
    package func send(_ arguments: String...) async throws(EmbeddedRedisError) -> ServerReply {
        try await redis.send(arguments)
    }

    /// Sends a command that must succeed.
    @discardableResult
    func order(_ arguments: [String]) async throws(EmbeddedRedisError) -> ServerReply {
        let reply = try await redis.send(arguments)
        if case .error(let reason) = reply {
            throw .commandFailed("\(arguments.prefix(2).joined(separator: " ")) on \(address)", reason)
        }
        return reply
    }

    @discardableResult
    func order(_ arguments: String...) async throws(EmbeddedRedisError) -> ServerReply {
        try await order(arguments)
    }

    /// What one field of `INFO` says.
    func info(_ section: String, _ field: String, limit: Duration) async throws(EmbeddedRedisError) -> String? {
        try await redis.send(["INFO", section], limit: limit).string?.infoField(field)
    }
}

extension FleetServer: Hashable {
    package static func == (one: FleetServer, other: FleetServer) -> Bool { one.redis === other.redis }
    package func hash(into hasher: inout Hasher) { hasher.combine(port) }
}

extension FleetServer: CustomStringConvertible {
    package var description: String { address }
}

extension String {
    /// The value of `name:value` on a line of its own.
    package func infoField(_ name: String) -> String? {
        let line = split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.map { String($0.dropFirst(name.count + 1)) }
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

/// One server and a proxy on the way to it.
final class Standalone: FaultTopology {
    private let redis: EmbeddedRedis
    private let proxy: FaultProxy
    /// Past the proxy.
    let admin: RedisClient
    private let restart = Mutex<Task<Void, any Error>?>(nil)

    private init(redis: EmbeddedRedis) throws {
        self.redis = redis
        proxy = try FaultProxy(to: .unixSocket(path: redis.unixSocketPath))
        admin = try .raw(redis.unixSocketURL)
    }

    static func start() async throws -> Standalone { try await start(isDurable: true) }

    /// - Parameter isDurable: whether it keeps its data when it is killed.
    static func start(isDurable: Bool) async throws -> Standalone {
        // Written before the answer and left to the kernel: what a killed process had answered is there, without the
        // disk's pauses.
        let options = EmbeddedRedisOptions(appendOnly: isDurable)
        let standalone = try Standalone(redis: try await EmbeddedRedis.start(options))
        try await standalone.admin.send("PING")
        return standalone
    }

    var server: RedisServer {
        get throws { try RedisServer(host: "127.0.0.1", port: Int(proxy.port)) }
    }

    func inject(_ fault: StandaloneFault) async throws {
        if let rules = fault.rules { return await proxy.apply(rules) }
        switch fault {
        case .resetAgainAndAgain: await proxy.reset()
        case .killed: try await redis.kill()
        case .stopped: redis.signal(SIGSTOP)
        case .loading: try await load()
        case .clientKill: try await admin.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        case .clientPauseAll: try await admin.send("CLIENT", "PAUSE", "450", "ALL")
        case .clientPauseWrite: try await admin.send("CLIENT", "PAUSE", "60000", "WRITE")
        case .scriptFlush: try await admin.send("SCRIPT", "FLUSH")
        case .flushAll: try await admin.send("FLUSHALL")
        case .outOfMemory: try await admin.send("CONFIG", "SET", "maxmemory", "1")
        case .maxClients:
            // One is the administrator's.
            try await admin.send("CONFIG", "SET", "maxclients", "1")
            try await admin.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        // Nobody is there; a replica waits for its master for ever.
        case .readOnly: try await admin.send("REPLICAOF", "127.0.0.1", "1")
        default: break
        }
    }

    func heal(_ fault: StandaloneFault) async throws {
        if fault.rules != nil { return await proxy.heal() }
        switch fault {
        case .killed: try await redis.restart()
        case .stopped: redis.signal(SIGCONT)
        case .loading:
            try await restart.withLock { $0.take() }?.value
            try configure("key-load-delay 0")
        case .clientPauseAll: try await admin.send("PING")
        case .clientPauseWrite: try await admin.send("CLIENT", "UNPAUSE")
        case .outOfMemory: try await admin.send("CONFIG", "SET", "maxmemory", "0")
        case .maxClients: try await admin.send("CONFIG", "SET", "maxclients", "10000")
        case .readOnly: try await admin.send("REPLICAOF", "NO", "ONE")
        default: break
        }
    }

    /// Starts the server again with a snapshot that it takes half a second to load, answering LOADING meanwhile.
    private func load() async throws {
        try await admin.send("BGREWRITEAOF")
        try await eventually("the snapshot is written") {
            let info = try await admin.send("INFO", "persistence").string ?? ""
            return info.contains("aof_rewrite_in_progress:0") && info.contains("aof_rewrite_scheduled:0")
        }
        let keys = try await admin.send("DBSIZE").integer ?? 0
        try configure("key-load-delay \(500_000 / max(1, keys))", "loading-process-events-interval-bytes 1024")
        let task = Task { [redis] in try await redis.restart() }
        restart.withLock { $0 = task }
    }

    /// For the next start: later lines take precedence.
    private func configure(_ lines: String...) throws {
        let path = "\(redis.directory)/redis.conf"
        guard let file = FileHandle(forWritingAtPath: path) else { throw CocoaError(.fileNoSuchFile) }
        try file.seekToEnd()
        try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        try file.close()
    }

    func remains() async throws -> String {
        let clients = try await admin.send("CLIENT", "LIST").string?.split(separator: "\n").count ?? 0
        if proxy.connections > 0 { return "\(proxy.connections) connections to the proxy" }
        return clients > 1 ? "\(clients - 1) connections to the server" : ""
    }

    func stop() async {
        await admin.shutdown()
        await proxy.stop()
        await redis.stop()
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

/// What becomes of clients' open connections when an address moves to another server.
enum SwitchFault: String, FaultKind {
    /// They stay with the former master, which follows the new one.
    case addressSwitchedBesideOpenConnections
    /// They are cut without a word.
    case addressSwitchedSilently
    /// They are reset.
    case addressSwitchedWithReset
    /// The former master does not reach the new one, and the address leads there only after some time.
    case demotedMasterAlone

    /// A former master may be believed for the role's interval and a second; what it acknowledged last is lost.
    var effects: FaultEffects {
        FaultEffects(duration: .seconds(3), loss: .recentWrites, isUntrusted: true)
    }
}

/// Two servers behind one address, of which the master and its replica change places.
final class Switched: FaultTopology {
    private let servers: [EmbeddedRedis]
    private let admins: [RedisClient]
    /// What the other one receives a server's writes through.
    private let links: [FaultProxy]
    private let way: FaultProxy
    private let master = Mutex(0)

    private init(_ servers: [EmbeddedRedis]) throws {
        self.servers = servers
        admins = try servers.map { try .raw($0.unixSocketURL) }
        links = try servers.map { try FaultProxy(to: .unixSocket(path: $0.unixSocketPath)) }
        way = try FaultProxy(to: .unixSocket(path: servers[0].unixSocketPath))
    }

    static func start() async throws -> Switched {
        let options = EmbeddedRedisOptions(configuration: ["repl-diskless-sync-delay 0", "repl-timeout 2"])
        let switched = try Switched([try await EmbeddedRedis.start(options), try await EmbeddedRedis.start(options)])
        try await switched.follow(1)
        return switched
    }

    var server: RedisServer {
        get throws { try RedisServer(host: "127.0.0.1", port: Int(way.port)) }
    }

    func inject(_ fault: SwitchFault) async throws {
        let old = master.withLock { $0 }
        let new = 1 - old
        try await admins[new].send("REPLICAOF", "NO", "ONE")
        master.withLock { $0 = new }
        let successor = RedisEndpoint.unixSocket(path: servers[new].unixSocketPath)
        switch fault {
        case .addressSwitchedBesideOpenConnections:
            try await admins[old].send("REPLICAOF", "127.0.0.1", "\(links[new].port)")
            await way.redirect(to: successor, open: .kept)
        case .addressSwitchedSilently: await way.redirect(to: successor, open: .frozen)
        case .addressSwitchedWithReset: await way.redirect(to: successor)
        // Nobody listens there.
        case .demotedMasterAlone: try await admins[old].send("REPLICAOF", "127.0.0.1", "1")
        }
    }

    func heal(_ fault: SwitchFault) async throws {
        let (old, new) = master.withLock { (1 - $0, $0) }
        if fault == .demotedMasterAlone {
            await way.redirect(to: .unixSocket(path: servers[new].unixSocketPath), open: .kept)
        }
        try await follow(old)
    }

    /// Returns once it is in step with the other one.
    private func follow(_ replica: Int) async throws {
        try await admins[replica].send("REPLICAOF", "127.0.0.1", "\(links[1 - replica].port)")
        try await eventually("the replica is in step") {
            try await admins[replica].send("INFO", "replication").string?.contains("master_link_status:up") == true
        }
    }

    func remains() async throws -> String {
        // What is frozen hears of no end.
        await way.reset()
        return way.connections > 0 ? "\(way.connections) connections" : ""
    }

    func stop() async {
        for admin in admins { await admin.shutdown() }
        for proxy in links + [way] { await proxy.stop() }
        for server in servers { await server.stop() }
    }
}

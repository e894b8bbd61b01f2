import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// A master and its replica, a proxy between them and one on the clients' way, which leads to the replica once that has
/// been promoted.
final class ReplicatedPair: Sendable {
    let master: EmbeddedRedis
    let replica: EmbeddedRedis
    /// What the replica receives its master's writes through.
    let link: FaultProxy
    /// What clients connect through.
    let way: FaultProxy
    private let masterAdmin: RedisClient
    private let replicaAdmin: RedisClient

    private init(master: EmbeddedRedis, replica: EmbeddedRedis) throws {
        self.master = master
        self.replica = replica
        link = try FaultProxy(to: .unixSocket(path: master.unixSocketPath))
        way = try FaultProxy(to: .unixSocket(path: master.unixSocketPath))
        masterAdmin = try .raw(master.unixSocketURL)
        replicaAdmin = try .raw(replica.unixSocketURL)
    }

    /// Returns once the replica has what the master has.
    static func start() async throws -> ReplicatedPair {
        // Copies begin at once, and a link that was cut is noticed within seconds.
        let options = EmbeddedRedisOptions(configuration: ["repl-diskless-sync-delay 0", "repl-timeout 2"])
        let pair = try ReplicatedPair(
            master: try await EmbeddedRedis.start(options), replica: try await EmbeddedRedis.start(options))
        try await pair.follow()
        try await pair.synchronize()
        return pair
    }

    /// Makes the replica one.
    func follow() async throws {
        try await replicaAdmin.send("REPLICAOF", "127.0.0.1", "\(link.port)")
    }

    var server: RedisServer {
        get throws { try RedisServer(host: "127.0.0.1", port: Int(way.port)) }
    }

    /// Waits until everything that the master has done up to now has reached the replica.
    func synchronize() async throws {
        try await eventually("the link is up") { try await replicaSays("master_link_status:up") }
        let target = try await offset(of: masterAdmin, "master_repl_offset")
        try await eventually("the replica has caught up") {
            try await offset(of: replicaAdmin, "slave_repl_offset") >= target
        }
    }

    /// From now on nothing reaches the replica, and neither side is told.
    func cutLink() async {
        await link.apply(.both(.swallow))
    }

    /// The master is gone for good; the replica takes over with what it has, and clients are led there.
    func failOver() async throws {
        try await master.kill()
        try await replicaAdmin.send("REPLICAOF", "NO", "ONE")
        await way.redirect(to: .unixSocket(path: replica.unixSocketPath))
    }

    /// The replica becomes a master; the master, which is told nothing, stays one.
    func promote() async throws { try await replicaAdmin.send("REPLICAOF", "NO", "ONE") }

    /// The master is to follow another one, which it cannot reach: it keeps what it has and serves reads.
    func demoteMaster() async throws { try await masterAdmin.send("REPLICAOF", "127.0.0.1", "1") }

    func stop() async {
        for admin in [masterAdmin, replicaAdmin] { await admin.shutdown() }
        for proxy in [way, link] { await proxy.stop() }
        for server in [replica, master] { await server.stop() }
    }

    private func replicaSays(_ text: String) async throws -> Bool {
        try await replicaAdmin.send("INFO", "replication").string?.contains(text) == true
    }

    private func offset(of client: RedisClient, _ name: String) async throws -> Int {
        let info = try await client.send("INFO", "replication").string ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int($0.dropFirst(name.count + 1)) } ?? -1
    }
}

func withReplicatedPair(_ body: (ReplicatedPair) async throws -> Void) async throws {
    let pair = try await ReplicatedPair.start()
    do {
        try await body(pair)
    } catch {
        await pair.stop()
        throw error
    }
    await pair.stop()
}

import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension Cause {
    /// The server is there, and not as it should be.
    static let unfit = [
        server("replica") { server, administrator in
            // Nobody is there; a replica waits for its master for ever.
            try await administrator.send("REPLICAOF", "127.0.0.1", "1")
            return try RedisServer(url: server.url)
        },
        server("replicas missing", .login, EmbeddedRedisOptions(configuration: ["min-replicas-to-write 1"])),
        server("snapshot failed", .login, EmbeddedRedisOptions(configuration: ["save 3600 1000"])) {
            server, administrator in
            // A folder where the snapshot should be: the server cannot put it there.
            try FileManager.default.createDirectory(
                atPath: server.directory + "/dump.rdb/full", withIntermediateDirectories: true)
            try await administrator.send("BGSAVE")
            try await eventually("the snapshot fails") {
                try await administrator.send("INFO", "persistence").string?
                    .infoField("rdb_last_bgsave_status") == "err"
            }
            return try RedisServer(url: server.url)
        },
        server("memory full", .login, EmbeddedRedisOptions(configuration: ["maxmemory 100kb"])),
        server(
            "keys may be evicted", .lookup, EmbeddedRedisOptions(configuration: ["maxmemory-policy allkeys-lru"])),
        server("default user open"),
        server("key without an end") { server, administrator in
            try await administrator.send("SET", "sr:session:{00000000}.endless", "x")
            return try RedisServer(url: server.url)
        },
    ]

    static let clusters = [
        Cause(name: "cluster node as one server") { body in
            let cluster = try await SharedFleets.cluster.value
            try await body(try RedisServer(url: "redis://\(cluster.nodes[0].address)"))
        },
        server("one server as cluster", .lookup, EmbeddedRedisOptions(listensOnPort: true)) { server, _ in
            try RedisServer(url: "redis+cluster://127.0.0.1:\(server.port ?? 0)")
        },
        server(
            "wrong password of a cluster", .lookup,
            EmbeddedRedisOptions(listensOnPort: true, password: "s3cret", configuration: ["cluster-enabled yes"])
        ) { server, _ in
            try RedisServer(url: "redis+cluster://:wrong@127.0.0.1:\(server.port ?? 0)")
        },
        server(
            "cluster without slots", .lookup,
            EmbeddedRedisOptions(listensOnPort: true, configuration: ["cluster-enabled yes"])
        ) { server, _ in
            try RedisServer(url: "redis+cluster://127.0.0.1:\(server.port ?? 0)")
        },
    ]

    static let sentinels = [
        sentinel("Sentinel as one server") { "redis://\($0[0])" },
        sentinel("master unknown") { "redis+sentinel://\($0.joined(separator: ","))/other" },
        sentinel("Sentinels refuse") {
            "redis+sentinel://\($0.joined(separator: ","))/mymaster?sentinel-password=wrong"
        },
        server("one server as Sentinel", .lookup, EmbeddedRedisOptions(listensOnPort: true)) { server, _ in
            try RedisServer(url: "redis+sentinel://127.0.0.1:\(server.port ?? 0)/mymaster")
        },
        Cause(name: "no Sentinel") {
            try await $0(try RedisServer(sentinels: [("127.0.0.1", 1), ("127.0.0.1", 2)], masterName: "mymaster"))
        },
    ]

    /// - Parameter url: made of the Sentinels' addresses.
    private static func sentinel(_ name: String, _ url: @escaping @Sendable ([String]) -> String) -> Cause {
        Cause(name: name) { body in
            let group = try await SharedFleets.sentinels.value
            try await body(try RedisServer(url: url(group.sentinels.map(\.address))))
        }
    }
}

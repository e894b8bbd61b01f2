import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// A server as production should run it.
let healthyServer = EmbeddedRedisOptions(
    password: "s3cret", appendOnly: true, configuration: ["maxmemory 256mb", "appendfsync everysec"])

extension RedisSessionRepository {
    /// What is not as it should be.
    func findings() async throws -> [HealthCheck] { try await checkHealth().filter { $0.status != .ok } }
}

@Suite("The doctor", .timeLimit(.minutes(5)))
struct HealthTests {
    /// One setting of an otherwise healthy server, and what is to be found.
    struct Case: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let name: String
        let status: HealthCheck.Status
        let mends: String

        init(_ lines: String..., finds name: String, _ status: HealthCheck.Status, _ mends: String) {
            (self.lines, self.name, self.status, self.mends) = (lines, name, status, mends)
        }

        var testDescription: String { lines.joined(separator: ", ") }
    }

    @Test("finds nothing about a healthy server, and writes nothing")
    func healthy() async throws {
        try await withPrivateStore(healthyServer) { store, _ in
            try await store.create(3, for: try store.user())
            let before = try await store.snapshot()
            #expect(try await store.repository.findings().isEmpty)
            #expect(try await store.snapshot() == before)
            let names = try await store.repository.checkHealth().map(\.name)
            #expect(
                Set(names) == [
                    "transport", "version", "eviction", "persistence", "memory per session", "memory", "fragmentation",
                    "permissions", "clock", "expiry", "tracking", "role", "topology", "writes", "scripting", "commands",
                    "default user", "journal",
                ])
        }
    }

    @Test(
        "finds a setting that breaks a promise, and says which command mends it",
        arguments: [
            Case("maxmemory-policy allkeys-lru", finds: "eviction", .fail, "CONFIG SET maxmemory-policy noeviction"),
            Case("maxmemory-policy volatile-lru", finds: "eviction", .fail, "CONFIG SET maxmemory-policy noeviction"),
            Case("appendonly no", finds: "persistence", .warn, "CONFIG SET appendonly yes"),
            Case(
                "appendonly no", "save 3600 1", "stop-writes-on-bgsave-error no", finds: "persistence", .warn,
                "CONFIG SET appendonly yes"),
            Case("save 3600 1", finds: "writes", .warn, "CONFIG SET stop-writes-on-bgsave-error no"),
            Case("appendfsync no", finds: "persistence", .warn, "CONFIG SET appendfsync everysec"),
            Case(
                "hash-max-listpack-value 64", finds: "memory per session", .warn,
                "CONFIG SET hash-max-listpack-value 512"),
            Case("maxmemory 0", finds: "memory", .warn, #"CONFIG SET maxmemory \d+mb"#),
            Case("maxmemory 100kb", finds: "memory", .fail, #"CONFIG SET maxmemory \d+mb"#),
            Case("min-replicas-to-write 1", finds: "replication", .fail, "CONFIG SET min-replicas-to-write 0"),
        ])
    func settings(_ setting: Case) async throws {
        var options = healthyServer
        options.configuration += setting.lines
        try await withPrivateStore(options, checkingAfterwards: false) { store, _ in
            let findings = try await store.repository.findings()
            let finding = try #require(findings.first { $0.name == setting.name })
            #expect(findings.count == 1, "\(findings)")
            #expect(finding.status == setting.status)
            let command = try #require(finding.detail.firstMatch(of: try Regex(setting.mends)))
            #expect(finding.detail.contains(", and for good CONFIG REWRITE (or \""))
            // Pasted, it mends.
            try await store.redis.send(finding.detail[command.range].split(separator: " ").map(String.init))
            try await eventually("it is mended") { try await store.repository.findings().isEmpty }
        }
    }

    @Test("tells snapshots without an append-only file from nothing at all")
    func snapshots() async throws {
        for (line, word) in [("save 3600 1", "snapshots"), ("save \"\"", "forgets")] {
            var options = healthyServer
            options.configuration += ["appendonly no", line]
            try await withPrivateStore(options) { store, _ in
                let findings = try await store.repository.findings()
                #expect(findings.first?.detail.contains(word) == true)
            }
        }
    }

    @Test("finds a server that is a replica, and a master that goes on without its replicas")
    func replicas() async throws {
        var options = healthyServer
        options.listensOnPort = true
        try await withPrivateStore(options) { store, server in
            var follower = healthyServer
            let port = try #require(server.port)
            follower.configuration += ["replicaof 127.0.0.1 \(port)", "masterauth s3cret"]
            try await withPrivateStore(follower, checkingAfterwards: false) { replica, _ in
                let finding = try await replica.repository.findings().first { $0.name == "replication" }
                #expect(finding?.status == .fail)
                #expect(finding?.detail.contains("REPLICAOF NO ONE") == true)
                try await eventually("the master has its replica") {
                    let found = try await store.repository.findings()
                    return found.first { $0.detail.contains("CONFIG SET min-replicas-to-write 1") }?.status == .warn
                }
                try await store.redis.send("CONFIG", "SET", "min-replicas-to-write", "1")
                try await eventually("it is mended") {
                    try await store.repository.findings().isEmpty
                }
            }
        }
    }

    @Test("finds that this machine's clock is not the server's", arguments: [-3600.0, 3600.0])
    func clock(offset: TimeInterval) async throws {
        try await withPrivateStore(healthyServer) { store, _ in
            let checks = try await store.repository.examine { Date() + offset }
            let finding = try #require(checks.first { $0.status != .ok })
            #expect(finding.name == "clock")
            #expect(finding.detail.contains(offset < 0 ? "behind" : "ahead"))
            #expect(finding.detail.contains("timedatectl set-ntp true"))
        }
    }

    @Test("finds memory that is lost between values")
    func fragmentation() async throws {
        var options = healthyServer
        options.configuration += ["maxmemory 1gb", "appendonly no"]
        try await withPrivateStore(options) { store, _ in
            // Of each page one value in eight stays.
            let fill = """
                local value = ('x'):rep(1000)
                for number = 1, 200000 do redis.call('SET', 'other:' .. number, value, 'EX', 600) end
                for number = 1, 200000 do if number % 8 ~= 0 then redis.call('DEL', 'other:' .. number) end end
                """
            try await store.redis.send("EVAL", fill, "0")
            let finding = try await store.repository.findings().first { $0.name == "fragmentation" }
            #expect(finding?.status == .warn)
            #expect(finding?.detail.contains("MEMORY PURGE") == true)
        }
    }

    @Test("finds keys that never expire by a sample, and names one of them")
    func endless() async throws {
        try await withPrivateStore(healthyServer, checkingAfterwards: false) { store, _ in
            let session = try await store.create(for: try store.user())
            let key = store.keys.session(session.id)
            try await store.redis.send("SET", "other:key", "not ours")
            #expect(try await store.repository.findings().isEmpty)
            try await store.redis.send("PERSIST", key)
            let finding = try #require(try await store.repository.findings().first)
            #expect(finding.name == "expiry")
            #expect(finding.status == .fail)
            #expect(finding.detail.hasPrefix("of 2 keys sampled, 1 never expire, such as \(key):"))
            #expect(finding.detail.contains("PEXPIRE '\(key)' 86400000"))
        }
    }

    @Test("asks a bounded number of questions, however many keys there are")
    func bounded() async throws {
        try await withPrivateStore(healthyServer, checkingAfterwards: false) { store, _ in
            let fill = "for n = 1, 50000 do redis.call('SET', ARGV[1] .. n, n, 'EX', 600) end"
            try await store.redis.send("EVAL", fill, "0", "\(store.prefix):session:{00000000}.")
            try await store.redis.send("EVAL", fill, "0", "other:")
            try await store.redis.send("CONFIG", "RESETSTAT")
            let checks = try await store.repository.checkHealth()
            #expect(checks.first { $0.name == "expiry" }?.detail == "of 300 keys sampled, each has an end")
            let statistics = try #require(try await store.redis.send("INFO", "commandstats").string)
            var calls = 0
            // A nonce is no question: how many there are depends on what travels together.
            for match in statistics.matches(of: /cmdstat_([^:]+):calls=(\d+)/) where match.1 != "echo" {
                calls += Int(match.2) ?? 0
            }
            #expect(calls < 400)
        }
    }
}

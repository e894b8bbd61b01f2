#if TLS
import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension TLSTests {
    @Suite("What goes through")
    struct TrafficTests {
        @Test("Every operation works, and there is no way around TLS")
        func everyCall() async throws {
            try await withTLSStore { store, server in
                #expect(try await store.redis.send("CONFIG", "GET", "port").strings.last == "0")
                for (name, call) in try EveryCall.all() where name != "rotateRefreshToken" {
                    do {
                        try await call(store.repository)
                    } catch SessionRepositoryError.supportAccessEnded {
                        // There is none to extend.
                    } catch {
                        Issue.record("\(name): \(error)")
                    }
                }
            }
        }

        @Test("Replies larger than a TLS record come whole", arguments: [16_384, 16_385, 65_536, 1 << 20, 5_000_000])
        func largeReplies(size: Int) async throws {
            try await withTLSStore { store, _ in
                let text = String(repeating: "x", count: size)
                let key = "\(store.prefix):large"
                try await store.redis.send("SET", key, text, "PX", "60000")
                let replies = try await inParallel(4) { _ in try await store.redis.send("GET", key) }
                #expect(replies == Array(repeating: .string(text), count: 4))
            }
        }

        @Test("A user's many sessions are listed, all of them")
        func manySessions() async throws {
            var policy = SessionPolicy()
            policy.maximumSessionsPerUser = 1_000
            try await withTLSStore(policy: policy) { store, _ in
                let user = try store.user()
                let created = try await inParallel(500) { number in
                    var session = store.session(for: user, device: "device \(number)")
                    session.attributes = ["text": String(repeating: "x", count: 1_000)]
                    return try await store.repository.createSession(session).session
                }
                #expect(Set(try await store.repository.findActiveSessionsByUser(user)) == Set(created))
            }
        }

        @Test("Hundreds of tasks share the connection, large and small replies mixed")
        func manyTasks() async throws {
            try await withTLSStore { store, _ in
                let sessions = try await store.create(50, for: try store.user())
                let key = "\(store.prefix):large"
                let text = String(repeating: "y", count: 100_000)
                try await store.redis.send("SET", key, text, "PX", "60000")
                let right = try await inParallel(256) { number in
                    let session = sessions[number % 50]
                    for _ in 0..<20 {
                        guard try await store.repository.authorize(session.id) == .active(session) else { return false }
                    }
                    return try await store.redis.send("GET", key) == .string(text)
                }
                #expect(right == Array(repeating: true, count: 256))
            }
        }

        @Test("What is sent while a large command waits for room in the socket follows it in order")
        func blockedWriting() async throws {
            try await withTLSServer { server, certificates in
                let client = try RedisClient.raw(server.url + "?ca=\(certificates.authorities)") {
                    $0.maximumBytesInFlight = 64 << 20
                }
                try await client.send("PING")
                server.signal(SIGSTOP)
                // More than the kernel takes for a server that does not read.
                async let written = client.send("SET", "large", String(repeating: "z", count: 16_000_000))
                async let counted = inParallel(200) { _ in try await client.send("INCR", "count") }
                // Nothing tells when the first is stuck. If it was not yet, the outcome must be the same.
                try await Task.sleep(for: .milliseconds(100))
                server.signal(SIGCONT)
                #expect(try await written == .string("OK"))
                #expect(Set(try await counted.compactMap(\.integer)) == Set(1...200))
                #expect(try await client.send("STRLEN", "large") == .integer(16_000_000))
                await client.shutdown()
            }
        }

        @Test("Events arrive")
        func events() async throws {
            try await withTLSStore { store, _ in
                var events = try await store.repository.events().makeAsyncIterator()
                let user = try store.user()
                try await store.create(for: user)
                #expect(try await events.next() != nil)
            }
        }
    }
}

/// Runs a test with a repository, and a second connection, by TLS to a server of its own.
func withTLSStore(
    _ options: (inout EmbeddedRedisOptions) -> Void = { _ in }, policy: SessionPolicy = SessionPolicy(),
    _ body: (Store, EmbeddedRedis) async throws -> Void
) async throws {
    let certificates = try await TestCertificates.shared.value
    var all = EmbeddedRedisOptions.tls(certificates.server())
    options(&all)
    try await withPrivateServer(all) { server in
        try await withStore(
            url: server.url + "?ca=\(certificates.authorities)", policy: policy, checkingAfterwards: false,
            removingKeys: false
        ) { store in
            try await body(store, server)
        }
    }
}
#endif

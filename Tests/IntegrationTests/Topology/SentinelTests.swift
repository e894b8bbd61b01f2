import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A master that Sentinels watch")
    struct SentinelTests {
        @Test("is followed when it is killed: whoever asks meanwhile gets the new one's answer")
        func killed() async throws {
            try await withSentinels { store, group in
                let user = try store.user()
                let session = try await store.create(for: user)
                let invalidated = try await store.repository.invalidateRefreshTokenChain(
                    session.id, durability: .replicated(count: 2, timeout: .seconds(10)))
                #expect(invalidated.reached == .replicated(count: 2))
                try await group.master().kill()
                let answers = try await inParallel(16) { _ in try await store.repository.authorize(session.id) }
                #expect(answers.allSatisfy { $0 == .active(session) })
                #expect(try await store.repository.terminateSession(session.id) == .terminated)
            }
        }

        @Test("is followed when it hangs, and not returned to when it goes on")
        func hangs() async throws {
            try await withSentinels(configure: { $0.commandTimeout = .seconds(30) }) { store, group in
                let session = try await store.create(for: try store.user())
                let former = try await group.master()
                try await former.waitUntilReplicated()
                former.signal(SIGSTOP)
                _ = try await group.waitForMaster(otherThan: former)
                #expect(try await store.repository.terminateSession(session.id) != .unknown)
                former.signal(SIGCONT)
                #expect(try await store.repository.authorize(session.id).termination != nil)
                try await group.waitUntilStable()
                #expect(try await store.repository.authorize(session.id).termination != nil)
            }
        }

        @Test("is followed although nobody asks for anything")
        func idle() async throws {
            try await withSentinels(configure: { $0.clientName = "idler" }) { store, group in
                try await store.create(for: try store.user())
                let former = try await group.master()
                let master = try await group.failover()
                #expect(master != former)
                try await eventually("the connection has moved") {
                    try await former.clients(named: "idler") == 0
                }
                _ = try await store.repository.currentTime()
                #expect(try await master.clients(named: "idler") > 0)
            }
        }

        @Test("needs no Sentinel while it stays, and any of them to be found")
        func fewSentinels() async throws {
            try await withSentinels(checkingAfterwards: false) { store, group in
                try await group.sentinels[0].kill()
                try await withStore(url: group.url, removingKeys: false) { newcomer in
                    try await newcomer.create(for: try newcomer.user())
                }
                try await group.sentinels[1].kill()
                let session = try await store.create(for: try store.user())
                try await group.sentinels[2].kill()
                #expect(try await store.repository.authorize(session.id) == .active(session))
            }
        }

        @Test("under another name is unavailable, and the error says so")
        func unknownName() async throws {
            let group = try await SharedFleets.sentinels.value
            let sentinels = group.sentinels.map { (host: "127.0.0.1", port: $0.port) }
            let server = try RedisServer(sentinels: sentinels, masterName: "other")
            try await withRepository(at: server, configure: { $0.commandTimeout = .milliseconds(500) }) { repository in
                try await eventuallyUnavailable(because: "no sentinel knows a master called other") {
                    () throws(SessionRepositoryError) in try await repository.currentTime()
                }
            }
        }

        @Test("is unavailable where no Sentinel can be reached")
        func noSentinel() async throws {
            let server = try RedisServer(sentinels: [("127.0.0.1", 1), ("127.0.0.1", 2)], masterName: "mymaster")
            try await withRepository(at: server, configure: { $0.commandTimeout = .milliseconds(500) }) { repository in
                try await eventually("it says why") {
                    let error = await failure { () throws(SessionRepositoryError) in try await repository.currentTime()
                    }
                    guard case .storeUnavailable(let reason)? = error else { return false }
                    return reason.hasPrefix("no sentinel can be reached: ") && reason.hasSuffix(")")
                }
            }
        }

        @Test("with a password is logged in to; the Sentinels have none")
        func password() async throws {
            var options = EmbeddedSentinelsOptions()
            options.password = "s3cret"
            try await withSentinels(options) { store, _ in
                let session = try await store.create(for: try store.user())
                #expect(try await store.repository.authorize(session.id) == .active(session))
                #expect(try await store.repository.checkHealth().contains { $0.name == "eviction" && $0.status == .ok })
            }
        }
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A connection that breaks")
    struct ConnectionLossTests {
        @Test("CLIENT KILL in mid-flight: every operation is answered, and rightly")
        func clientKill() async throws {
            try await withPrivateStore { store, _ in
                let user = try store.user()
                let sessions = try await store.create(32, for: user)
                let kills = store.killingConnections()
                let results = await outcomes(32) { worker throws(SessionRepositoryError) in
                    var right = 0
                    for _ in 0..<100 {
                        let session = sessions[worker]
                        if try await store.repository.authorize(session.id) == .active(session) { right += 1 }
                    }
                    return right
                }
                kills.cancel()
                #expect(await kills.value > 0)
                // Reads are sent again on the next connection; within twenty seconds there is one.
                #expect(results.map(\.value) == Array(repeating: 100, count: 32))
            }
        }

        @Test("Writes that were under way when it broke have happened once, whatever was repeated")
        func writes() async throws {
            try await withPrivateStore { store, _ in
                let user = try store.user()
                let kills = store.killingConnections()
                let created = try await inParallel(64) { number in
                    try await store.create(for: user, device: "\(number)")
                }
                let listed = try await store.repository.findActiveSessionsByUser(user)
                #expect(Set(listed) == Set(created))
                let terminated = try await inParallel(64) { number in
                    try await store.repository.terminateSession(created[number].id)
                }
                // A repeated attempt whose first one got through says so.
                #expect(terminated.allSatisfy { $0 != .unknown })
                #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
                kills.cancel()
                _ = await kills.value
            }
        }

        @Test("Scripts that the server has forgotten are sent again")
        func scriptFlush() async throws {
            try await withPrivateStore { store, _ in
                let user = try store.user()
                let sessions = try await store.create(20, for: user)
                try await store.redis.send("SCRIPT", "FLUSH")
                #expect(try await store.repository.terminateSession(sessions[0].id) == .terminated)
                try await store.redis.send("SCRIPT", "FLUSH")
                let outcomes = try await inParallel(19) { number in
                    try await store.repository.terminateSession(sessions[number + 1].id)
                }
                #expect(outcomes == Array(repeating: .terminated, count: 19))
                try await store.redis.send("SCRIPT", "FLUSH")
                #expect(try await store.repository.terminateAllSessionsByUser(user) == 0)
                let grant = try await store.grant()
                try await store.redis.send("SCRIPT", "FLUSH")
                #expect(try await store.repository.revokeSupportAccessGrant(grant.id) == .revoked)
            }
        }

        @Test("A server that was killed and started again is found again, with its data")
        func killAndRestart() async throws {
            try await withPrivateStore(EmbeddedRedisOptions(appendOnly: true)) { store, server in
                let user = try store.user()
                let sessions = try await store.create(8, for: user)
                let terminated = sessions[0].id
                _ = try await store.repository.terminateSession(terminated, by: "admin")
                try await server.kill()
                // Asked while there is no server: they wait for the next one.
                async let pending = outcomes(16) { number throws(SessionRepositoryError) in
                    try await store.repository.authorize(sessions[number % 8].id)
                }
                try await server.restart()
                for (number, result) in await pending.enumerated() {
                    let session = sessions[number % 8]
                    if session.id == terminated {
                        #expect(try result.get().termination?.by == "admin")
                    } else {
                        #expect(try result.get() == .active(session))
                    }
                }
                #expect(try await store.repository.findActiveSessionsByUser(user).count == 7)
                try await store.create(for: user)
                #expect(try await store.repository.terminateAllSessionsByUser(user) == 8)
            }
        }

        @Test("A server that dies under load leaves nobody without an answer")
        func killedUnderLoad() async throws {
            try await withPrivateStore(
                EmbeddedRedisOptions(appendOnly: true), configure: { $0.commandTimeout = .seconds(5) }
            ) { store, server in
                let user = try store.user()
                let session = try await store.create(for: user)
                async let results = outcomes(32) { _ throws(SessionRepositoryError) in
                    for _ in 0..<200 { _ = try await store.repository.authorize(session.id) }
                }
                try await server.kill()
                for error in await results.compactMap(\.error) {
                    guard case .storeUnavailable = error else {
                        #expect(error == .timedOut)
                        continue
                    }
                }
                try await server.restart()
                try await eventually("it works again by itself") {
                    (try? await store.repository.authorize(session.id)) == .active(session)
                }
            }
        }

        @Test("A server that has become a replica is unavailable to all, and is asked again once it is a master")
        func demoted() async throws {
            // A journal would have a connection of its own.
            try await withPrivateStore(configure: { $0.revocationJournal = nil }) { store, _ in
                let session = try await store.create(for: try store.user())
                // Nobody is there; a replica waits for its master for ever.
                try await store.redis.send("REPLICAOF", "127.0.0.1", "1")
                try await withImpatience(.seconds(3), with: store) { impatient in
                    let refusals = [
                        await failure { () throws(SessionRepositoryError) in
                            try await impatient.terminateSession(session.id)
                        },
                        await failure { () throws(SessionRepositoryError) in
                            try await impatient.authorize(session.id)
                        },
                    ]
                    for case .storeUnavailable(let reason)? in refusals {
                        #expect(reason.hasPrefix("the server is not a master (/"))
                    }
                    #expect(refusals.map { $0?.code } == ["storeUnavailable", "storeUnavailable"])
                }
                try await store.redis.send("REPLICAOF", "NO", "ONE")
                #expect(try await store.repository.terminateSession(session.id) == .terminated)
            }
        }
    }
}

import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A bulk termination that is repeated late")
    struct LateRepetitionTests {
        @Test("does not make a later one forgotten, which a server that is started again with older data has lost")
        func journal() async throws {
            try await withPrivateStore(checkingAfterwards: false) { store, server in
                let repository = store.repository
                let user = try store.user()
                let operation = OperationID()
                _ = try await store.create(for: user)
                func terminateAll(_ operation: OperationID) async throws -> Int {
                    try await repository.terminateAllSessionsByUser(
                        user, except: nil, by: "admin", reason: nil, operationID: operation)
                }
                #expect(try await terminateAll(operation) == 1)
                let next = try await store.create(for: user)
                _ = try await server.send(["SAVE"])
                #expect(try await terminateAll(OperationID()) == 1)
                #expect(try await terminateAll(operation) == 1)
                try await server.restart()
                #expect(try await repository.authorize(next.id).termination?.by == "admin")
            }
        }

        @Test("ends exactly the sessions that it ended, wherever they are, and raises the epoch once")
        func exact() async throws {
            try await withStore { store in
                let user = try store.user()
                let sessions = try await store.create(4, for: user)
                // Two that it ended, as a server has them that lost it; one of them is not in the index any more.
                try await store.redis.send("ZREM", store.keys.userIndex(user), sessions[1].id.value.random.text)
                let lost = SessionID(for: user)
                let operation = OperationID()
                let ended = [sessions[0].id, sessions[1].id, lost].map(\.value.random.text)
                let early = try await store.repository.beginLogin(user)
                func repeatIt() async throws -> Int64? {
                    let call = store.repository.bulkTermination(
                        of: user, by: "admin", reason: "", operationID: operation, epoch: 17, ended: ended)
                    return try await store.redis.run(call) { $0.integer }
                }
                #expect(try await repeatIt() == 2)
                #expect(try await repeatIt() == 0)
                #expect(
                    try await store.hash(store.keys.account(user))["epoch"] == "17-\(operation.description.prefix(8))")
                for session in sessions[..<2] {
                    #expect(try await store.repository.authorize(session.id).termination?.by == "admin")
                }
                for session in sessions[2...] {
                    #expect(try await store.repository.authorize(session.id).session != nil)
                }
                #expect(try await store.repository.isRefreshTokenChainInvalidated(lost))
                var new = store.session(for: user)
                new.ticket = early
                await #expect(throws: SessionRepositoryError.loginSuperseded(by: .bulkTermination)) {
                    try await store.repository.createSession(new)
                }
                // As if it had been answered late: the result is known.
                let count = try await store.repository.terminateAllSessionsByUser(
                    user, except: nil, by: nil, reason: nil, operationID: operation)
                #expect(count == 3)
                #expect(try await store.repository.findActiveSessionsByUser(user).count == 2)
                // Nor does it lower an epoch that is later.
                _ = try await store.repository.terminateAllSessionsByUser(user)
                let epoch = try await store.hash(store.keys.account(user))["epoch"]
                _ = try await repeatIt()
                #expect(try await store.hash(store.keys.account(user))["epoch"] == epoch)
            }
        }

        @Test("of everyone's sessions ends those that a lost epoch would have ended, and none since a later one")
        func everyone() async throws {
            try await withStore { store in
                let repository = store.repository
                let user = try store.user()
                let key = store.keys.everyone(beside: HashTag(owner: user.text))
                let (first, second) = (OperationID(), OperationID())
                func raise(_ number: Int64, _ operation: OperationID) async throws -> Int64? {
                    let call = repository.raisingEveryone(key, to: number, by: operation, isRepeated: true)
                    return try await store.redis.run(call) { $0.integer }
                }
                func sweep() async throws -> Int64? {
                    try await store.redis.run(repository.terminationOfSuperseded(user, by: "", reason: "")) {
                        $0.integer
                    }
                }
                let old = try await store.create(for: user)
                #expect(try await raise(17, first) == 17)
                #expect(try await sweep() == 1)
                let new = try await store.create(for: user)
                #expect(try await raise(17, first) == 17)
                #expect(try await raise(16, second) == 17)
                #expect(try await sweep() == 0)
                #expect(try await repository.authorize(old.id).session == nil)
                #expect(try await repository.authorize(new.id).session != nil)
                #expect(try await raise(18, second) == 18)
                #expect(try await sweep() == 1)
            }
        }
    }
}

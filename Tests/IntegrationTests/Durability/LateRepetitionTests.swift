import EmbeddedRedis
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
    }
}

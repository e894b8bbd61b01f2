import EmbeddedRedis
import Testing

@testable import SessionRepository

extension FaultTests {
    /// Whoever wanted to know has gone, as when a browser closes its connection at logout; what was done was done.
    @Suite("A revocation whose caller did not wait")
    struct LateAnswerTests {
        @Test("is in the journal when the server has answered")
        func journaled() async throws {
            try await withPrivateStore { store, server in
                let session = try await store.create(for: try store.user())
                // With the script known, one exchange is all that it takes.
                _ = try await store.repository.terminateSession(try await store.create(for: try store.user()).id)
                let before = store.repository.revocationJournalStatus
                _ = try await server.send(["CLIENT", "PAUSE", "60000", "WRITE"])
                let call = Task { try await store.repository.terminateSession(session.id) }
                try await eventually("the server has the command") {
                    try await server.send(["CLIENT", "LIST"]).string?.contains("flags=b") ?? false
                }
                call.cancel()
                await #expect(throws: SessionRepositoryError.cancelled) { try await call.value }
                #expect(store.repository.revocationJournalStatus == before)
                _ = try await server.send(["CLIENT", "UNPAUSE"])
                try await eventually("it is in the journal") {
                    store.repository.revocationJournalStatus.pending > before.pending
                }
                #expect(try await store.repository.authorize(session.id).termination != nil)
            }
        }
    }
}

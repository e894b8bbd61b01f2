import SessionRepository
import SessionRepositoryTesting
import Testing

@Suite("Idle sessions")
struct IdleSessionTests {
    @Test("Who does nothing for two weeks has to log in again")
    func idle() async throws {
        let clock = ManualClock()
        let sessions = try InMemorySessionRepository(now: { clock.now })
        let gate = SessionGate(sessions: sessions)
        let session = try #require(try await gate.logIn(UserID("maya"), device: nil) { true }).session
        clock.advance(by: .seconds(13 * 86_400))
        #expect(try await gate.admit(session.id, from: nil) == session.userID)
        clock.advance(by: .seconds(14 * 86_400 + 1))
        #expect(try await gate.admit(session.id, from: nil) == nil)
    }
}

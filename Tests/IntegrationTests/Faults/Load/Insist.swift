@testable import SessionRepository

/// Repeats what leaves open whether it happened. Preparing and clearing up are not under test: a server that is still busy
/// with what a fault left behind, or a busy machine, gets its time.
func insist<Value: Sendable>(
    _ body: @Sendable () async throws(SessionRepositoryError) -> Value
) async throws(SessionRepositoryError) -> Value {
    let patience = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < patience {
        do throws(SessionRepositoryError) {
            return try await body()
        } catch {
            guard error.leavesItOpen else { throw error }
        }
    }
    return try await body()
}

import Foundation
import SessionRepository
import Testing

/// Waits until `condition` holds; records an issue when it does not within `limit`, which is for a hung test, not for
/// a slow machine.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        // The pause between two looks, not the time that the condition takes.
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

/// The repository's error that `body` throws; `nil`, and an issue, when it throws none.
func failure<Value>(
    sourceLocation: SourceLocation = #_sourceLocation, of body: () async throws(SessionRepositoryError) -> Value
) async -> SessionRepositoryError? {
    do throws(SessionRepositoryError) {
        let value = try await body()
        Issue.record("it did not throw but returned \(value)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

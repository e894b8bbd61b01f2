import Foundation
import RedisClient
import SessionRepository
import Testing

/// Waits until `condition` holds; records an issue when it does not within `limit`, which is for a hung test, not for
/// a slow machine.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        // Looked at again after each pause: on a starved machine the first one may outlast the limit.
        guard ContinuousClock.now < deadline else { break }
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

/// Waits until `body` says why the store is unavailable: a caller who is impatient may first learn that it takes too long.
func eventuallyUnavailable<Value>(
    because reason: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws(SessionRepositoryError) -> Value
) async throws {
    try await eventually("it is unavailable: \(reason)", sourceLocation: sourceLocation) {
        await failure(sourceLocation: sourceLocation, of: body) == .storeUnavailable(reason: reason)
    }
}

/// Expects that a command which nobody answers ends by its deadline. Whether there was a connection by then, and whether
/// it had been sent, is up to a busy machine.
func expectDeadline(
    of command: RedisCommand, after timeout: Duration, on client: RedisClient,
    sourceLocation: SourceLocation = #_sourceLocation
) async {
    await #expect(sourceLocation: sourceLocation) {
        try await client.execute(command, timeout: timeout, decode: { _ in })
    } throws: {
        let error = $0 as? RedisError
        return error == .timedOut || error == .unavailable(reason: "the connection is congested")
            || error == .unavailable(reason: "connecting takes too long")
    }
}

import Foundation
import Testing

/// Waits until `condition` holds; records an issue when it does not within `limit`.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async rethrows {
    let deadline = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        // Looked at again after each pause: on a starved machine the first one may outlast the limit.
        guard ContinuousClock.now < deadline else { break }
        // The pause between two looks, not the time that the condition takes.
        try? await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

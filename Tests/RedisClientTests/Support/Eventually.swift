import Testing

/// Waits until `condition` holds; the limit is for a hung test, not for a slow machine.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async -> Bool
) async {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
        if await condition() { return }
        // Looked at again after each pause: on a starved machine the first one may outlast the limit.
        guard ContinuousClock.now < deadline else { break }
        try? await Task.sleep(for: .milliseconds(2))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

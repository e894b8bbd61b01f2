/// How far something is that is waited for.
enum Progress<Value> {
    case done(Value)
    /// What is still missing, for the error that is thrown if it stays so.
    case waiting(for: String)
}

/// Looks again and again until `condition` is done.
///
/// - Parameter what: a sentence without its end, such as "the cluster did not form".
func waiting<Value>(
    within limit: Duration, orElse what: String,
    _ condition: () async throws(EmbeddedRedisError) -> Progress<Value>
) async throws(EmbeddedRedisError) -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        switch try await condition() {
        case .done(let value): return value
        case .waiting(let missing):
            guard ContinuousClock.now < deadline else { throw .notInTime("\(what) within \(limit): \(missing)") }
        }
        do {
            // The pause between two looks.
            try await Task.sleep(for: .milliseconds(20))
        } catch {
            throw .notInTime("\(what): the task was cancelled")
        }
    }
}

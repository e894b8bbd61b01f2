import SessionRepository
import Testing

/// What a refusal names: the field of an input or the setting of a configuration.
struct Refusal: Equatable {
    let name: String
    let problem: String
}

/// The refusal that `body` throws; `nil` when it throws none. Any other error fails the test.
func refusal(
    of body: () throws(SessionRepositoryError) -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> Refusal? {
    do throws(SessionRepositoryError) {
        try body()
        return nil
    } catch {
        switch error {
        case .invalidInput(let field, let problem): return Refusal(name: field, problem: problem)
        case .invalidConfiguration(let setting, let problem): return Refusal(name: setting, problem: problem)
        default:
            Issue.record("not a refusal: \(error)", sourceLocation: sourceLocation)
            return nil
        }
    }
}

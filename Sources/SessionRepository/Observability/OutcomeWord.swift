/// What an operation came to, in one word, for metrics to count by. The words are in `docs/observability.md`.
enum OutcomeWord {
    /// Where there is no more to say than that it was done.
    static let done = "ok"

    static func ofSearch<Found>(_ found: Found?) -> String { found == nil ? "notFound" : "found" }
}

extension Authorization {
    /// The case's name: for metrics, and as `sessionctl --json` shows it.
    package var word: String {
        switch self {
        case .active: "active"
        case .terminated: "terminated"
        case .unknown: "unknown"
        case .supportAccessEnded: "supportAccessEnded"
        }
    }
}

extension RenewalOutcome {
    var word: String {
        switch self {
        case .renewed: "renewed"
        case .notActive: "notActive"
        }
    }
}

extension ShorteningOutcome {
    var word: String {
        switch self {
        case .shortened: "shortened"
        case .unchanged: "unchanged"
        case .notActive: "notActive"
        }
    }
}

extension RefreshTokenChainState {
    var word: String {
        switch self {
        case .valid: "valid"
        case .invalidated: "invalidated"
        }
    }
}

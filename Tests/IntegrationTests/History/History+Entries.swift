import SessionRepository

extension History {
    /// When data was lost through no fault of the repository.
    var losses: [Entry] {
        entries.filter { if case .forgot = $0.observation { true } else { false } }
    }

    /// Whether what was heard can be relied on.
    func isTrusted(_ entry: Entry) -> Bool {
        !untrusted.contains { $0.lowerBound <= entry.end && entry.begin <= $0.upperBound }
    }
}

extension History.Entry {
    /// What was asked to end, whether that was confirmed or not.
    var ending: Ending? {
        switch observation {
        case .attempted(let ending): ending
        case .terminated(let id): .session(id)
        case .terminatedAll(let user, _): .sessions(of: user)
        case .terminatedEveryone: .everyone
        case .invalidated(let id): .chain(id)
        case .revoked(let id): .grant(id)
        case .authorized, .stored, .listed, .rotated, .created, .chain, .grant, .forgot, .other: nil
        }
    }

    var isAttempt: Bool { if case .attempted = observation { true } else { false } }
}

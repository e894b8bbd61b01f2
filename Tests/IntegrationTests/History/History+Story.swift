import SessionRepository

extension History {
    /// What the record says about whatever a violation is about, in order of time: for people who look for the cause.
    func story(of violation: HistoryChecker.Violation) -> String {
        let subject: String
        switch violation {
        case .cameBack(.session(let id)), .lost(.session(let id)), .cameBack(.chain(let id)), .lost(.chain(let id)):
            subject = "\(id)"
        case .cameBack(.grant(let id)), .lost(.grant(let id)): subject = "\(id)"
        case .partly(let user), .miscounted(let user, _): subject = "\(user)"
        case .forked(let id, _): subject = "\(id)"
        }
        let owner = population.first { $0.value.contains { "\($0)" == subject } }?.key
        guard let first = entries.map(\.begin).min() else { return "" }
        let lines = entries.filter { entry in
            if case .forgot = entry.observation { return true }
            if entry.ending == .everyone { return true }
            if let owner, entry.ending == .sessions(of: owner) { return true }
            return "\(entry.observation)".contains(subject)
        }
        .sorted { $0.begin < $1.begin }
        .map { entry in
            let doubt = isTrusted(entry) ? "" : " (not trusted)"
            return "\(entry.begin - first) to \(entry.end - first): \(entry.observation)\(doubt)"
        }
        let middle = lines.count > 60 ? ["… \(lines.count - 60) more"] : []
        let shown = lines.count > 60 ? lines.prefix(30) + middle + lines.suffix(30) : lines[...]
        return (["\(violation)"] + shown).joined(separator: "\n")
    }
}

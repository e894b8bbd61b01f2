import SessionRepository

/// The policy's settings, by the names that the library's configuration has for them.
extension SessionPolicy {
    init(environment: [String: String]) throws(SessionRepositoryError) {
        self.init()
        let durations: [(name: String, property: WritableKeyPath<SessionPolicy, Duration>)] = [
            ("LIFETIME", \.lifetime), ("IDLE_TIMEOUT", \.idleTimeout), ("TERMINATED_RETENTION", \.terminatedRetention),
            ("ACTIVITY_RESOLUTION", \.activityResolution), ("REUSE_INTERVAL", \.reuseInterval),
            ("MAXIMUM_GRANT_DURATION", \.maximumGrantDuration),
        ]
        for (name, property) in durations {
            self[keyPath: property] =
                try Self.value(name, in: environment, DurationText.form, DurationText.duration)
                ?? self[keyPath: property]
        }
        maximumSessionsPerUser =
            try Self.value("MAXIMUM_SESSIONS_PER_USER", in: environment, "a whole number") { Int($0) }
            ?? maximumSessionsPerUser
        overflow =
            try Self.value(
                "OVERFLOW", in: environment, "a word that docs/configuration.md names", Overflow.init(rawValue:))
            ?? overflow
        reuse =
            try Self.value("REUSE", in: environment, "afterInterval or afterSuccessorWasUsed", Reuse.init(rawValue:))
            ?? reuse
    }

    /// `nil` where the variable is missing or empty.
    private static func value<Value>(
        _ name: String, in environment: [String: String], _ form: String, _ read: (String) -> Value?
    ) throws(SessionRepositoryError) -> Value? {
        let name = "SESSION_POLICY_\(name)"
        guard let text = environment[name], !text.isEmpty else { return nil }
        guard let value = read(text) else { throw .invalidConfiguration(setting: name, problem: "it must be \(form)") }
        return value
    }
}

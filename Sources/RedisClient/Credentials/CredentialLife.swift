/// When a connection gives way to one with newer credentials, before those that it has logged in with expire: pure.
///
/// From `due` on nothing more is sent, so that what is on its way is answered. What is not answered by `end` is sent again on
/// the next connection.
struct CredentialLife {
    let due: MonotonicTime
    let end: MonotonicTime

    /// Of credentials that do not expire.
    static let endless = CredentialLife(due: .distantFuture, end: .distantFuture)

    private init(due: MonotonicTime, end: MonotonicTime) {
        self.due = due
        self.end = end
    }

    /// After 80 to 90 percent of the time that is left, so that many clients do not come in step.
    /// - Parameter patience: how long to wait for what is on its way.
    init(
        of credentials: Credentials?, from now: MonotonicTime, patience: Duration,
        using random: inout some RandomNumberGenerator
    ) {
        guard let expiresAt = credentials?.expiresAt else {
            self = .endless
            return
        }
        let left = expiresAt.duration(since: now)
        due = now + left * Double.random(in: 0.8...0.9, using: &random)
        end = min(due + patience, max(due, expiresAt))
    }
}

/// How long sessions live and how many a user may have.
public struct SessionPolicy: Hashable, Sendable {
    /// The longest a session lives (OWASP ASVS 5.0 §7.3.2). At most 400 days. Default 30 days.
    public var lifetime: Duration = .seconds(30 * 86_400)
    /// How long a session lives without activity (OWASP ASVS 5.0 §7.3.1). At most 400 days. Default 14 days.
    public var idleTimeout: Duration = .seconds(14 * 86_400)
    /// How long a terminated session's record is kept, so that its user can be told. At least one minute, which is
    /// what keeps a delayed duplicate of its creation from taking effect. Default one day.
    public var terminatedRetention: Duration = .seconds(86_400)
    /// `touch` writes at most once per session in this time, or in a tenth of the session's idle timeout if that is
    /// shorter; by as much the idle expiry may come early. Another address is written at once, at most four times in it:
    /// clients that take turns do not make each request a write. Default one minute.
    public var activityResolution: Duration = .seconds(60)
    /// How long the spent refresh token just before the current one still gets the same successor: for lost replies and
    /// parallel tabs. Counted from the rotation. Default ten seconds, at most one hour.
    public var reuseInterval: Duration = .seconds(10)
    /// From when on the spent refresh token just before the current one is reuse. Default after `reuseInterval`.
    public var reuse = Reuse.afterInterval
    /// Active sessions per user; it also bounds how long one script can hold Redis. 1 to 10,000. Default 100.
    public var maximumSessionsPerUser = 100
    /// What happens when a user with that many creates another.
    public var overflow = Overflow.terminateLeastRecentlyActive
    /// The longest support access, counted from the first saving of a grant; a later expiry is brought forward to it.
    /// At most 400 days. Default 30 days.
    public var maximumGrantDuration: Duration = .seconds(30 * 86_400)

    /// Whose session gives way when a user has as many as they may.
    public enum Overflow: String, Hashable, Sendable {
        /// The session idle for longest is terminated, with reason `sessionLimit`.
        case terminateLeastRecentlyActive
        /// `createSession` throws `sessionLimitReached`.
        case refuse
    }

    /// From when on the return of the token just before the current one counts as reuse.
    public enum Reuse: String, Hashable, Sendable {
        /// After `reuseInterval`. A client that lost the reply and asks again later than that is logged out.
        case afterInterval
        /// When its successor has been used, or after `reuseInterval` if that comes later: a lost reply logs nobody out,
        /// however late the client asks again. It gets the same successor.
        ///
        /// Reuse is found one rotation later than otherwise. A successor that was handed out again after the interval may be in
        /// two hands; its own return after the interval is reuse in any case, so that two clients cannot follow each other
        /// for ever.
        case afterSuccessorWasUsed
    }

    /// The defaults. Limits are checked when a repository is made with it.
    public init() {}

    /// - Throws: `invalidConfiguration`, naming the setting.
    package func validate() throws(SessionRepositoryError) {
        let durations: [(String, Duration, least: Duration)] = [
            ("lifetime", lifetime, .nanoseconds(1)),
            ("idleTimeout", idleTimeout, .nanoseconds(1)),
            ("terminatedRetention", terminatedRetention, .seconds(60)),
            ("activityResolution", activityResolution, .zero),
            ("maximumGrantDuration", maximumGrantDuration, .nanoseconds(1)),
        ]
        for (setting, value, least) in durations where value < least || value > InputLimits.longestLifetime {
            let least = least > .nanoseconds(1) ? "at least \(least)" : "positive"
            throw .invalidConfiguration(setting: setting, problem: "it must be \(least) and at most 400 days")
        }
        guard reuseInterval >= .zero, reuseInterval <= .seconds(3600) else {
            throw .invalidConfiguration(setting: "reuseInterval", problem: "it must be zero to one hour")
        }
        guard (1...10_000).contains(maximumSessionsPerUser) else {
            throw .invalidConfiguration(setting: "maximumSessionsPerUser", problem: "it must be 1 to 10,000")
        }
    }
}

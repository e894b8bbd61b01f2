/// What a repository remembers of its own revocations until every replica has them, so that a failover cannot bring back
/// what was revoked: after a reconnect to another master, or to one that was started again, they are applied again before
/// anything else is asked there.
///
/// It lives in the process. A process that ends takes it along: `Durability.replicated` is for what must not depend on
/// that.
public struct RevocationJournalPolicy: Hashable, Sendable {
    /// The oldest leaves when there are more. 1 to 1,000,000. Default 10,000; one takes about half a kilobyte.
    public var maximumEntries = 10_000
    /// What could not be confirmed for so long leaves, as where there are no replicas. One second to one day. Default
    /// ten minutes.
    public var maximumAge: Duration = .seconds(600)

    /// What is not given is the default. Limits are checked when a repository is made with it.
    public init(maximumEntries: Int = 10_000, maximumAge: Duration = .seconds(600)) {
        self.maximumEntries = maximumEntries
        self.maximumAge = maximumAge
    }

    func validate() throws(SessionRepositoryError) {
        guard (1...1_000_000).contains(maximumEntries) else {
            throw .invalidConfiguration(
                setting: "revocationJournal.maximumEntries", problem: "it must be 1 to 1,000,000")
        }
        guard maximumAge >= .seconds(1), maximumAge <= .seconds(86_400) else {
            throw .invalidConfiguration(
                setting: "revocationJournal.maximumAge", problem: "it must be one second to one day")
        }
    }
}

/// What became of the revocations of this process.
public struct RevocationJournalStatus: Hashable, Sendable {
    /// Not known to be on every replica yet.
    public let pending: Int
    /// Known to be on every replica.
    public let confirmed: Int
    /// Applied again after a failover or a restart.
    public let replayed: Int
    /// Left for want of room or for age, without ever having been confirmed.
    public let dropped: Int
}

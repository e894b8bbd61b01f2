/// What a repository remembers of its own revocations until every replica has them, so that a failover cannot bring back
/// what was revoked: after a reconnect to another master, or to one that was started again, they are applied again before
/// anything else is asked there. What the server refuses to take then holds back its own hash slot, that is the owners
/// whose keys lie there: they are `storeUnavailable` until the server takes it, which is tried again and again.
///
/// It lives in the process. A process that ends takes it along: `Durability.replicated` is for what must not depend on
/// that.
public struct RevocationJournalPolicy: Hashable, Sendable {
    /// The oldest leaves when there are more. 1 to 1,000,000. Default 10,000; one takes about a kilobyte, that of a bulk
    /// termination 80 bytes more for each session. The end of everyone's sessions has an entry for each slot of a cluster,
    /// 16,384 in all and about 13 MB, which this does not limit.
    public var maximumEntries = 10_000
    /// The oldest leave when all together take more, about. 1 MiB to 1 GiB. Default 16 MiB.
    public var maximumBytes = 16 << 20
    /// What could not be confirmed for so long leaves, as where there are no replicas. One second to one day. Default
    /// ten minutes.
    public var maximumAge: Duration = .seconds(600)

    /// What is not given is the default. Limits are checked when a repository is made with it.
    public init(
        maximumEntries: Int = 10_000, maximumBytes: Int = 16 << 20, maximumAge: Duration = .seconds(600)
    ) {
        self.maximumEntries = maximumEntries
        self.maximumBytes = maximumBytes
        self.maximumAge = maximumAge
    }

    func validate() throws(SessionRepositoryError) {
        guard (1...1_000_000).contains(maximumEntries) else {
            throw .invalidConfiguration(
                setting: "revocationJournal.maximumEntries", problem: "it must be 1 to 1,000,000")
        }
        guard (1 << 20...1 << 30).contains(maximumBytes) else {
            throw .invalidConfiguration(
                setting: "revocationJournal.maximumBytes", problem: "it must be 1 MiB (1048576) to 1 GiB (1073741824)")
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
    /// In hash slots that are held back, because the server refuses to take an earlier revocation again. More than none for
    /// long means that some users' sessions are `storeUnavailable`: `checkHealth` says why.
    public let heldBack: Int
    /// What the journal takes of this process' memory, about.
    public let bytes: Int
}

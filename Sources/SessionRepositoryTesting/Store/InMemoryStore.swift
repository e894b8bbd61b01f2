import Foundation
import SessionRepository

/// What Redis holds, as values; the operations are what the scripts do. Times are Unix milliseconds. Like a key in
/// Redis, everything lives through the millisecond of its end.
struct InMemoryStore {
    struct SessionRecord {
        var session: Session
        var idleTimeout: Int64
        var generation: Int64 = 0
        var rotatedAt: Int64?
        /// The generation that was handed out again after the reuse interval.
        var reissued: Int64?
        /// Everyone's epoch at its login; empty before there was one.
        var everyone = ""
        /// How often the address has changed since activity was recorded.
        var moves = 0
        /// The session that this one took over from.
        var renewed: SessionID?
        /// When the record goes: idle, absolute or, terminated, the retention's end.
        var end: Int64
    }

    struct Chain {
        let reason: String?
        let end: Int64
    }

    /// What a record remembers of its last operations, newest first.
    struct Operations {
        private var results: [(id: OperationID, result: Int64)] = []

        subscript(id: OperationID) -> Int64? {
            results.first { $0.id == id }?.result
        }

        mutating func remember(_ id: OperationID, _ result: Int64) {
            results = [(id, result)] + results.prefix(7)
        }
    }

    /// A user's, or everyone's: it changes when sessions end all at once.
    struct Epoch {
        let text: String
        let end: Int64
    }

    /// What a bulk termination came to.
    struct BulkResult {
        let count: Int
        let end: Int64
    }

    struct GrantRecord {
        var grant: SupportAccessGrant
        var sessions: Set<SessionID> = []
        /// Ended when another administrator was named, and not there to be marked: their creation may be under way.
        var former: Set<SessionID> = []
        var end: Int64
    }

    struct RevokedGrant {
        let by: String?
        let end: Int64
    }

    let policy: SessionPolicy
    let refreshTokenKeys: BoundRefreshTokenKeys?
    let authorizeAttributes: Set<String>
    let authorizeAssurance: Bool
    var now: Int64 = 0

    var sessions: [SessionID: SessionRecord] = [:]
    var chains: [SessionID: Chain] = [:]
    /// Active sessions by their end.
    var userIndexes: [UserID: [SessionID: Int64]] = [:]
    var epochs: [UserID: Epoch] = [:]
    var bulkResults: [UserID: [OperationID: BulkResult]] = [:]
    var everyone: Epoch?
    /// The operations that raised it, newest first.
    var everyoneOuts: [OperationID] = []
    var grants: [SupportAccessGrantID: GrantRecord] = [:]
    var revokedGrants: [SupportAccessGrantID: RevokedGrant] = [:]
    var organizationIndexes: [OrganizationID: [SupportAccessGrantID: Int64]] = [:]
    private var events: [SessionEvent] = []

    init(
        policy: SessionPolicy, refreshTokenKeys: BoundRefreshTokenKeys?, authorizeAttributes: [String],
        authorizeAssurance: Bool
    ) {
        self.policy = policy
        self.refreshTokenKeys = refreshTokenKeys
        self.authorizeAttributes = Set(authorizeAttributes)
        self.authorizeAssurance = authorizeAssurance
    }

    static let longestLifetime = InputLimits.longestLifetime.wholeMilliseconds

    var date: Date { Date(unixMilliseconds: now) }
    var retention: Int64 { policy.terminatedRetention.wholeMilliseconds }

    // MARK: What is still there

    func record(_ id: SessionID) -> SessionRecord? {
        guard var record = sessions[id], record.end >= now else { return nil }
        record.session = record.session.standing(at: now)
        return record
    }

    func chain(_ id: SessionID) -> Chain? {
        chains[id].flatMap { $0.end >= now ? $0 : nil }
    }

    /// A user's epoch; empty where it was never raised.
    func epoch(_ user: UserID) -> String {
        epochs[user].flatMap { $0.end >= now ? $0.text : nil } ?? ""
    }

    var everyoneEpoch: String { everyone.flatMap { $0.end >= now ? $0.text : nil } ?? "" }

    func bulkResult(_ operation: OperationID, of user: UserID) -> BulkResult? {
        bulkResults[user]?[operation].flatMap { $0.end >= now ? $0 : nil }
    }

    func grant(_ id: SupportAccessGrantID) -> GrantRecord? {
        grants[id].flatMap { $0.end >= now ? $0 : nil }
    }

    func revokedGrant(_ id: SupportAccessGrantID) -> RevokedGrant? {
        revokedGrants[id].flatMap { $0.end >= now ? $0 : nil }
    }

    /// An index lives as long as its furthest member, and is gone without a word after that.
    func userIndex(_ user: UserID) -> [SessionID: Int64] {
        userIndexes[user].flatMap { $0.values.contains { $0 >= now } ? $0 : nil } ?? [:]
    }

    func organizationIndex(_ organization: OrganizationID) -> [SupportAccessGrantID: Int64] {
        organizationIndexes[organization].flatMap { $0.values.contains { $0 >= now } ? $0 : nil } ?? [:]
    }

    // MARK: Events

    mutating func publish(_ event: SessionEvent) {
        events.append(event)
    }

    mutating func takeEvents() -> [SessionEvent] {
        defer { events = [] }
        return events
    }

    /// Whether something changes by itself in these milliseconds.
    func hasDeadline(in milliseconds: ClosedRange<Int64>) -> Bool {
        let reuse = policy.reuseInterval.wholeMilliseconds
        let resolution = policy.activityResolution.wholeMilliseconds
        return sessions.values.contains { record in
            let seen = record.session.lastActivityAt.unixMilliseconds ?? 0
            var deadlines = [record.end]
            if let elevation = record.session.assurance?.elevation { deadlines.append(elevation.until) }
            if let rotated = record.rotatedAt, reuse > 0 { deadlines.append(rotated + reuse) }
            if resolution > 0 { deadlines.append(seen + min(resolution, record.idleTimeout / 10)) }
            return deadlines.contains(where: milliseconds.contains)
        }
            || chains.values.contains { milliseconds.contains($0.end) }
            || grants.values.contains { milliseconds.contains($0.end) }
            || revokedGrants.values.contains { milliseconds.contains($0.end) }
    }
}

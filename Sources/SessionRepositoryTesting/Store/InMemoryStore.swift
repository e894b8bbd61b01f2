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

    struct Account {
        var notBefore: Int64
        var operations = Operations()
        var end: Int64
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
    let refreshTokenKeys: RefreshTokenKeys?
    let authorizeAttributes: Set<String>
    var now: Int64 = 0

    var sessions: [SessionID: SessionRecord] = [:]
    var chains: [SessionID: Chain] = [:]
    /// Active sessions by their end.
    var userIndexes: [UserID: [SessionID: Int64]] = [:]
    var accounts: [UserID: Account] = [:]
    var everyone: Account?
    var grants: [SupportAccessGrantID: GrantRecord] = [:]
    var revokedGrants: [SupportAccessGrantID: RevokedGrant] = [:]
    var organizationIndexes: [OrganizationID: [SupportAccessGrantID: Int64]] = [:]
    private var events: [SessionEvent] = []

    init(policy: SessionPolicy, refreshTokenKeys: RefreshTokenKeys?, authorizeAttributes: [String]) {
        self.policy = policy
        self.refreshTokenKeys = refreshTokenKeys
        self.authorizeAttributes = Set(authorizeAttributes)
    }

    static let longestLifetime = InputLimits.longestLifetime.wholeMilliseconds

    var date: Date { Date(unixMilliseconds: now) }
    var retention: Int64 { policy.terminatedRetention.wholeMilliseconds }

    // MARK: What is still there

    func record(_ id: SessionID) -> SessionRecord? {
        sessions[id].flatMap { $0.end >= now ? $0 : nil }
    }

    func chain(_ id: SessionID) -> Chain? {
        chains[id].flatMap { $0.end >= now ? $0 : nil }
    }

    func account(_ user: UserID) -> Account? {
        accounts[user].flatMap { $0.end >= now ? $0 : nil }
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
            if let rotated = record.rotatedAt, reuse > 0 { deadlines.append(rotated + reuse) }
            if resolution > 0 { deadlines.append(seen + min(resolution, record.idleTimeout / 10)) }
            return deadlines.contains(where: milliseconds.contains)
        }
            || chains.values.contains { milliseconds.contains($0.end) }
            || grants.values.contains { milliseconds.contains($0.end) }
            || revokedGrants.values.contains { milliseconds.contains($0.end) }
    }
}

public import Foundation

/// Where sessions, refresh-token chains and support-access grants are kept.
///
/// Every write is idempotent and may be repeated. Whatever cannot be answered throws: "I can't tell" is never
/// reported as "no".
public protocol SessionRepository: Sendable {
    // MARK: Sessions

    /// Begins a login. Call it before the user authenticates. With its ticket, `createSession` and `renewSession` refuse the
    /// login if all sessions of the user, or everyone's, ended meanwhile. Writes nothing; one round trip.
    func beginLogin(_ user: UserID) async throws(SessionRepositoryError) -> LoginTicket

    /// Creates a session; with an ID that was created before, returns that session.
    /// - Throws: `loginSuperseded` when the user's sessions, or everyone's, were all ended since the session's ticket was
    ///   taken, `loginTicketExpired` when that was more than 24 hours ago.
    func createSession(_ session: NewSession) async throws(SessionRepositoryError) -> CreatedSession

    /// The session in any state, with all its attributes; `nil` when expired, unknown, or not owned by `owner`.
    func findSession(_ id: SessionID, ownedBy owner: UserID?) async throws(SessionRepositoryError) -> Session?

    /// Whether the session is good now: one round trip, two for a session under a support-access grant, one that was
    /// terminated, or one that is not there.
    func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization

    /// Records activity, at most once per `activityResolution`, and moves the idle expiry. Never revives a session.
    /// - Parameters:
    ///   - id: whose activity.
    ///   - ipAddress: from where, as the framework or the proxy says: port, brackets and zone are taken off, and what is no
    ///     address is left out and logged. Another one than the recorded one is recorded at once, at most four times between
    ///     two records of activity. `nil` leaves it as it is.
    func touch(_ id: SessionID, ipAddress: String?) async throws(SessionRepositoryError) -> TouchOutcome

    /// Changes device name, user agent and attributes of an active session, in one atomic step; what is not named stays, and so
    /// does the time at which the session ends. Never revives a session. No activity: see `touch`.
    /// - Throws: `invalidInput` for what breaks a limit, as when a session is created; nothing is written then.
    func updateSession(
        _ id: SessionID, _ changes: SessionChanges
    ) async throws(SessionRepositoryError) -> UpdateOutcome

    /// Raises the assurance level of an active session for a while, after its user has proved more (step-up, OWASP ASVS 5.0
    /// §7.5.3). Afterwards level and methods of the login are in force again. An elevation before it is replaced.
    ///
    /// Its end is decided by the clock of the process that asks for the session: keep clocks together (NTP).
    /// - Parameters:
    ///   - id: the session.
    ///   - level: in the application's own words, as in `NewSession`.
    ///   - methods: as in `NewSession`.
    ///   - duration: from now, by Redis' clock; positive, at most 400 days, and never beyond the session's end.
    func elevateSession(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) async throws(SessionRepositoryError) -> UpdateOutcome

    /// The user's active sessions, at most `limit` (1 to 1,000) after `cursor`. Pages come in order of creation, the newest
    /// sessions first, and each is sorted by latest activity: no session is skipped or shown twice because it was active
    /// between two pages.
    func findActiveSessionsByUser(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage

    /// Ends the session for ever, together with its refresh-token chain (OWASP ASVS 5.0 §7.4.1).
    func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?
    ) async throws(SessionRepositoryError) -> TerminationOutcome

    /// Ends all sessions of the user, or all but one, in one atomic step (OWASP ASVS 5.0 §7.4.3), and refuses logins
    /// that began before it. Repeated with the same `operationID` within a day, it changes nothing more.
    /// - Returns: how many this operation ended; the same number when it is repeated.
    func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID
    ) async throws(SessionRepositoryError) -> Int

    /// Gives an active session a new ID, and a new refresh-token chain, after its user has authenticated again; the old
    /// one is terminated (OWASP ASVS 5.0 §7.2.4). Device, address, attributes, assurance, idle timeout and grant stay, an
    /// elevation does not; the absolute lifetime begins anew, as long as the old one's, under a grant at most to its end.
    /// - Parameters:
    ///   - id: the session to go on from.
    ///   - newID: chosen before the first attempt; renewing twice with one ID renews once.
    ///   - ticket: as in `NewSession`; `.none` when the user has not authenticated again.
    ///   - authenticatedAt: as in `NewSession`.
    ///   - lifetime: another absolute lifetime than that of the session to go on from: positive, at most 400 days.
    func renewSession(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) async throws(SessionRepositoryError) -> RenewalOutcome

    /// Brings the absolute end of an active session forward; never moves it back (OWASP ASVS 5.0 §7.3.2).
    /// - Parameters:
    ///   - id: the session.
    ///   - duration: the longest that it may go on, counted by Redis from now: positive, at most 400 days.
    func shortenSession(
        _ id: SessionID, for duration: Duration
    ) async throws(SessionRepositoryError) -> ShorteningOutcome

    /// Ends every session in the store that began before this call (OWASP ASVS 5.0 §7.4.5), user by user, and refuses
    /// logins that began before it. First it raises everyone's epoch, in a cluster in each of the 16,384 slots; then it goes
    /// by the users' indexes; then it walks the records for sessions that no index has. For emergencies, not for a
    /// request's path.
    ///
    /// What interrupts it, such as a master that is away, leaves the rest to a call with the same `operationID`, which goes
    /// on as if it had begun when the first one did: logins since then stay. The last 64 operations are known again.
    /// - Parameters:
    ///   - actor: who does it, for the records: 1 to 256 bytes without control characters.
    ///   - reason: why, at most 512 bytes.
    ///   - operationID: names the operation, so that it can be continued.
    ///   - progress: called after each batch.
    /// - Returns: how many this call ended.
    func terminateAllSessions(
        by actor: String?, reason: String?, operationID: OperationID, progress: (EveryoneOutProgress) -> Void
    ) async throws(SessionRepositoryError) -> Int

    // MARK: Refresh-token chains

    /// Spends a refresh token and hands out its successor. Counts as activity.
    /// - Parameters:
    ///   - token: as the client presents it.
    ///   - ipAddress: from where, as in `touch`.
    /// - Throws: `invalidConfiguration` when there are no keys.
    func rotateRefreshToken(
        _ token: RefreshToken, ipAddress: String?
    ) async throws(SessionRepositoryError) -> RotationOutcome

    /// The session that a token continues, without asking Redis and without spending the token: whom a request to sign out
    /// is about, say. Says nothing about whether the session is still active or the token already spent.
    /// - Returns: `nil` for anything that none of this deployment's keys has signed, and without keys.
    func sessionID(of token: RefreshToken) -> SessionID?

    /// Makes every refresh token descended from this session's login useless; the session itself goes on.
    func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?
    ) async throws(SessionRepositoryError) -> InvalidationOutcome

    /// Whether the chain has been invalidated, and why.
    func refreshTokenChainState(_ id: SessionID) async throws(SessionRepositoryError) -> RefreshTokenChainState

    // MARK: Support-access grants

    /// Saves a grant, or changes of the one in force under the same ID what is named, and nothing else. When it is given to
    /// another administrator, the sessions of others under it end for good.
    /// - Throws: `invalidInput` for a new grant that does not say who may use it; `supportAccessEnded` for a revoked ID.
    func saveSupportAccessGrant(
        _ grant: NewSupportAccessGrant
    ) async throws(SessionRepositoryError) -> SupportAccessGrant

    /// Moves the end of a grant in force, also to an earlier time. Nothing else changes.
    /// - Parameters:
    ///   - id: the grant.
    ///   - expiry: as in `NewSupportAccessGrant`.
    ///   - actor: who does it, for the event: 1 to 256 bytes without control characters.
    /// - Throws: `supportAccessEnded` when there is no such grant.
    func extendSupportAccessGrant(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) async throws(SessionRepositoryError) -> SupportAccessGrant

    /// The grant while it is in force; `nil` when expired, revoked or unknown.
    func findSupportAccessGrant(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant?

    /// The organization's grants in force, the first to expire first.
    func listSupportAccessGrants(
        _ organization: OrganizationID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant]

    /// The grants in force that name this Global Admin, the first to expire first. Those that allow any are not among them.
    func listSupportAccessGrants(
        grantedTo admin: UserID
    ) async throws(SessionRepositoryError) -> [SupportAccessGrant]

    /// Ends the grant at once, and with it every session opened under it.
    func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?
    ) async throws(SessionRepositoryError) -> RevocationOutcome

    /// Ends several grants, each in one step, and with them every session opened under them. One that cannot be ended does
    /// not keep the others: the error comes after them. Repeat it then; what has ended stays so.
    /// - Parameters:
    ///   - scope: which ones, of those in force when it is called.
    ///   - actor: who does it, for the records: 1 to 256 bytes without control characters.
    /// - Returns: how many this call ended.
    func revokeSupportAccessGrants(
        _ scope: SupportAccessScope, by actor: String?
    ) async throws(SessionRepositoryError) -> Int

    /// Removes what expired grants left in the organization's index; with `nil`, in every organization's, which walks
    /// the key space and belongs in a nightly job. The grants themselves expire by themselves. Also marks the sessions
    /// of revoked grants that a revocation did not come to mark; their access ended with it. With `nil`, also enters grants
    /// in force with their administrators again, where a failover lost that.
    /// - Returns: how many entries were removed.
    func deleteExpiredSupportAccessGrants(
        of organization: OrganizationID?
    ) async throws(SessionRepositoryError) -> Int

    // MARK: Durability

    /// As without `durability`, and then waits for replicas to have it. Says how many had; never claims more than is
    /// known.
    func terminateSession(
        _ id: SessionID, ownedBy owner: UserID?, by actor: String?, reason: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<TerminationOutcome>

    /// As without `durability`, and then waits for replicas to have it.
    func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID?, by actor: String?, reason: String?, operationID: OperationID,
        durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<Int>

    /// As without `durability`, and then waits for replicas to have it.
    func invalidateRefreshTokenChain(
        _ id: SessionID, reason: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<InvalidationOutcome>

    /// As without `durability`, and then waits for replicas to have it.
    func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID, by actor: String?, durability: Durability
    ) async throws(SessionRepositoryError) -> Confirmed<RevocationOutcome>

    // MARK: Events

    /// What changes from now on, in this and in every other process: best effort, never a reason to allow anything.
    func events() async throws(SessionRepositoryError) -> SessionEvents

    // MARK: The store's clock

    /// The time by Redis' clock, to the millisecond: the only clock that decides anything here.
    func currentTime() async throws(SessionRepositoryError) -> Date
}

extension SessionRepository {
    /// The session in any state, whoever owns it; `nil` when expired or unknown.
    public func findSession(_ id: SessionID) async throws(SessionRepositoryError) -> Session? {
        try await findSession(id, ownedBy: nil)
    }

    /// Records activity without a change of address.
    public func touch(_ id: SessionID) async throws(SessionRepositoryError) -> TouchOutcome {
        try await touch(id, ipAddress: nil)
    }

    /// All active sessions of the user, latest activity first.
    public func findActiveSessionsByUser(_ user: UserID) async throws(SessionRepositoryError) -> [Session] {
        var page = try await findActiveSessionsByUser(user, limit: 1000, after: nil)
        var sessions = page.sessions
        while let next = page.next {
            page = try await findActiveSessionsByUser(user, limit: 1000, after: next)
            sessions += page.sessions
        }
        return sessions.sorted(by: Session.isMoreRecent)
    }

    /// Ends the session for ever; with an owner, only if it is theirs.
    public func terminateSession(
        _ id: SessionID, ownedBy owner: UserID? = nil
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try await terminateSession(id, ownedBy: owner, by: nil, reason: nil)
    }

    /// Ends the session for ever, whoever owns it, and records who did it and why.
    public func terminateSession(
        _ id: SessionID, by actor: String?, reason: String? = nil
    ) async throws(SessionRepositoryError) -> TerminationOutcome {
        try await terminateSession(id, ownedBy: nil, by: actor, reason: reason)
    }

    /// Ends all sessions of the user, or all but one.
    public func terminateAllSessionsByUser(
        _ user: UserID, except kept: SessionID? = nil, by actor: String? = nil, reason: String? = nil
    ) async throws(SessionRepositoryError) -> Int {
        try await terminateAllSessionsByUser(
            user, except: kept, by: actor, reason: reason, operationID: OperationID())
    }

    /// Gives an active session a new ID after its user has authenticated again, now.
    public func renewSession(
        _ id: SessionID, ticket: LoginTicket
    ) async throws(SessionRepositoryError) -> RenewalOutcome {
        try await renewSession(id, as: SessionID(renewing: id), ticket: ticket, authenticatedAt: nil, lifetime: nil)
    }

    /// Ends every session in the store that began before this call.
    public func terminateAllSessions(
        by actor: String? = nil, reason: String? = nil
    ) async throws(SessionRepositoryError) -> Int {
        try await terminateAllSessions(by: actor, reason: reason, operationID: OperationID()) { _ in }
    }

    /// The organization's grant under which this administrator has access now; of several, the one that lasts longest.
    public func findActiveSupportAccess(
        organization: OrganizationID, admin: UserID
    ) async throws(SessionRepositoryError) -> SupportAccessGrant? {
        try await listSupportAccessGrants(organization).last { $0.grantedTo == nil || $0.grantedTo == admin }
    }

    /// Spends a refresh token and hands out its successor, without a change of address.
    public func rotateRefreshToken(_ token: RefreshToken) async throws(SessionRepositoryError) -> RotationOutcome {
        try await rotateRefreshToken(token, ipAddress: nil)
    }

    /// Makes every refresh token descended from this session's login useless.
    public func invalidateRefreshTokenChain(
        _ id: SessionID
    ) async throws(SessionRepositoryError) -> InvalidationOutcome {
        try await invalidateRefreshTokenChain(id, reason: nil)
    }

    /// Whether the chain has been invalidated.
    public func isRefreshTokenChainInvalidated(_ id: SessionID) async throws(SessionRepositoryError) -> Bool {
        try await refreshTokenChainState(id) != .valid
    }

    /// Ends the grant at once, and with it every session opened under it.
    public func revokeSupportAccessGrant(
        _ id: SupportAccessGrantID
    ) async throws(SessionRepositoryError) -> RevocationOutcome {
        try await revokeSupportAccessGrant(id, by: nil)
    }

    /// Offboarding: ends all sessions of the user, or all but one, and then every grant that names the user as its
    /// administrator. Repeat it with the same `operationID` until it has succeeded.
    public func terminateAllAccessByUser(
        _ user: UserID, except kept: SessionID? = nil, by actor: String? = nil, reason: String? = nil,
        operationID: OperationID = OperationID()
    ) async throws(SessionRepositoryError) -> TerminatedAccess {
        let sessions = try await terminateAllSessionsByUser(
            user, except: kept, by: actor, reason: reason, operationID: operationID)
        // Last, so that a session that was opened under a grant meanwhile ends with it.
        let grants = try await revokeSupportAccessGrants(.administrator(user), by: actor)
        return TerminatedAccess(sessions: sessions, grants: grants)
    }

    /// Moves the end of a grant in force, also to an earlier time. Nothing else changes.
    public func extendSupportAccessGrant(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await extendSupportAccessGrant(id, until: expiry, by: nil)
    }

    /// Removes what expired grants left in every organization's index.
    public func deleteExpiredSupportAccessGrants() async throws(SessionRepositoryError) -> Int {
        try await deleteExpiredSupportAccessGrants(of: nil)
    }
}

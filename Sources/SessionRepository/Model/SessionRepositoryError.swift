/// The one error that a session repository throws. Each case says what the caller can do about it.
///
/// No case means "no such session": that is an ordinary answer. And no case carries a token, a key or a password.
public enum SessionRepositoryError: Error, Hashable, Sendable {
    /// The input breaks a limit; nothing was sent. Correct the named field.
    case invalidInput(field: String, problem: String)

    /// The configuration cannot work; nothing was sent. Correct the named setting.
    case invalidConfiguration(setting: String, problem: String)

    /// The user's sessions, or everyone's, were all ended after this login had begun. Let the user log in again.
    case loginSuperseded(by: LoginFence)

    /// The login began more than 24 hours ago. Let the user log in again.
    case loginTicketExpired

    /// The user has `limit` active sessions and the policy refuses another. Terminate one first.
    case sessionLimitReached(limit: Int)

    /// A session under this ID has already been created and has ended since. Create one with a new ID.
    case sessionAlreadyEnded(SessionID)

    /// This ID already belongs to something else. Choose a new one.
    case identifierTaken(String)

    /// The support-access grant is unknown, expired or revoked. Ask the organization for a new one.
    case supportAccessEnded(SupportAccessGrantID)

    /// The organization has `limit` grants in force. Revoke one first.
    case supportAccessLimitReached(limit: Int)

    /// The grant names another administrator. Only that one can open sessions under it.
    case supportAccessNotGranted(SupportAccessGrantID)

    /// A record in Redis is damaged: another program wrote to it. Inspect the key with `redis-cli`. A session can be ended
    /// all the same (`sessionctl session terminate`). Do not delete the key: without it, what was revoked may count as valid
    /// again; it goes when it expires.
    case corruptRecord(key: String, problem: String)

    /// The stream of replies between this process and Redis was damaged, three times in a row: a reply was missing, was one
    /// too many, or answered another command. No reply was used. A write may have happened; every operation can be
    /// repeated safely. Look for a proxy between this process and the server.
    case protocolFailure(reason: String)

    /// Redis cannot be reached, and the operation had no effect. Try again later; meanwhile the answer is not known.
    case storeUnavailable(reason: String)

    /// No answer came in time. A write may or may not have happened: every operation can be repeated safely.
    case timedOut

    /// By what it answered lately, Redis could not have answered in time, or `maximumQueuedCommands` operations wait already.
    /// This one was not sent and had no effect. Answer "busy" to your own caller, as by HTTP status 503 with `Retry-After`;
    /// asking again at once makes it worse. When it lasts, give Redis less to do or more to do it with (a near cache, more
    /// masters): a longer queue would only make answers late. Of `terminateAllSessions`, a part may be done: repeat it with the
    /// same operation ID.
    case overloaded

    /// Redis is at its memory limit and nothing was written. Terminating, invalidating and revoking still work.
    case storeFull

    /// Redis refused the operation; `code` is the first word of its answer, such as NOPERM or WRONGPASS. Usually a
    /// matter of the server's configuration.
    case storeRefused(code: String, message: String)

    /// The calling task was cancelled. A write may or may not have happened.
    case cancelled

    /// The repository has been shut down.
    case shutDown
}

extension SessionRepositoryError {
    package static let missingRefreshTokenKeys = SessionRepositoryError.invalidConfiguration(
        setting: "refreshTokenKeys", problem: "refresh tokens need a key to sign them")

    /// A short, stable word for programs, as in `sessionctl`'s JSON errors.
    public var code: String {
        switch self {
        case .invalidInput: "invalidInput"
        case .invalidConfiguration: "invalidConfiguration"
        case .loginSuperseded: "loginSuperseded"
        case .loginTicketExpired: "loginTicketExpired"
        case .sessionLimitReached: "sessionLimitReached"
        case .sessionAlreadyEnded: "sessionAlreadyEnded"
        case .identifierTaken: "identifierTaken"
        case .supportAccessEnded: "supportAccessEnded"
        case .supportAccessLimitReached: "supportAccessLimitReached"
        case .supportAccessNotGranted: "supportAccessNotGranted"
        case .corruptRecord: "corruptRecord"
        case .protocolFailure: "protocolFailure"
        case .storeUnavailable: "storeUnavailable"
        case .timedOut: "timedOut"
        case .overloaded: "overloaded"
        case .storeFull: "storeFull"
        case .storeRefused: "storeRefused"
        case .cancelled: "cancelled"
        case .shutDown: "shutDown"
        }
    }
}

extension SessionRepositoryError: CustomStringConvertible {
    /// One sentence for people.
    public var description: String {
        switch self {
        case .invalidInput(let field, let problem): "invalid \(field): \(problem)"
        case .invalidConfiguration(let setting, let problem): "invalid \(setting): \(problem)"
        case .loginSuperseded(.bulkTermination):
            "all sessions of this user were ended after this login had begun; log in again"
        case .loginSuperseded(.everyoneOut): "everyone's sessions were ended after this login had begun; log in again"
        case .loginTicketExpired: "this login began more than 24 hours ago; log in again"
        case .sessionLimitReached(let limit): "the user already has \(limit) active sessions"
        case .sessionAlreadyEnded(let id): "session \(id) was created before and has ended"
        case .identifierTaken(let id): "the ID \(id) already belongs to something else"
        case .supportAccessEnded(let id): "support-access grant \(id) is unknown, expired or revoked"
        case .supportAccessLimitReached(let limit): "the organization already has \(limit) support-access grants"
        case .supportAccessNotGranted(let id): "support-access grant \(id) names another administrator"
        case .corruptRecord(let key, let problem): "the record \(key) does not decode: \(problem)"
        case .protocolFailure(let reason):
            "the replies of Redis arrived damaged (\(reason)); the operation may have happened and can be repeated"
        case .storeUnavailable(let reason): "Redis is unavailable: \(reason)"
        case .timedOut: "Redis did not answer in time; the operation may have happened and can be repeated"
        case .overloaded:
            "too many operations wait: Redis could not answer in time, or maximumQueuedCommands is reached; "
                + "this one was not sent"
        case .storeFull: "Redis is at its memory limit; nothing was written"
        case .storeRefused(let code, let message): "Redis refused the operation: \(code) \(message)"
        case .cancelled: "the operation was cancelled"
        case .shutDown: "the repository has been shut down"
        }
    }
}

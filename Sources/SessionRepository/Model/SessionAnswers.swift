public import Foundation

/// Whether a session is good at this moment.
public enum Authorization: Hashable, Sendable {
    /// Let the request through. Of the attributes, those that the configuration names are there.
    case active(Session)
    /// Ended by decision; kept for a while so that the user can be told.
    case terminated(Termination)
    /// Expired, or never was.
    case unknown
    /// The session itself is intact but its support-access grant has expired or was revoked.
    case supportAccessEnded
}

/// What `terminateSession` did.
public enum TerminationOutcome: String, Hashable, Sendable {
    /// It was active and is terminated now.
    case terminated
    /// It had been terminated before; nothing was written.
    case alreadyTerminated
    /// There was nothing to terminate: expired, never was, or not owned by the given user, which are deliberately
    /// indistinguishable.
    case unknown
}

/// What `touch` did.
public enum TouchOutcome: String, Hashable, Sendable {
    /// The activity was written and the idle expiry moved; or, within `activityResolution`, another address was written.
    case recorded
    /// The last record is younger than `activityResolution`, and the address is known or has changed too often since;
    /// nothing was written.
    case recent
    /// The session is terminated, expired or unknown; nothing was written.
    case notActive
}

/// What `renewSession` did.
public enum RenewalOutcome: Sendable {
    /// The login goes on in this session; the old one has been terminated, with reason `renewed`.
    case renewed(CreatedSession)
    /// The session to renew is terminated, expired or unknown; nothing was written.
    case notActive
}

/// What `shortenSession` did.
public enum ShorteningOutcome: Hashable, Sendable {
    /// The session ends at this time now, earlier than before.
    case shortened(expiresAt: Date)
    /// It ended no later anyway, or was shortened as far before; nothing was written.
    case unchanged(expiresAt: Date)
    /// The session is terminated, expired or unknown; nothing was written.
    case notActive
}

/// How far the termination of everyone's sessions has come.
public struct EveryoneOutProgress: Hashable, Sendable {
    /// Users whose sessions have been looked at.
    public package(set) var users: Int
    /// Sessions that this call has ended so far.
    public package(set) var terminated: Int
    /// How much of the store has been walked, 0 to 1.
    public package(set) var fraction: Double

    package init(users: Int, terminated: Int, fraction: Double) {
        self.users = users
        self.terminated = terminated
        self.fraction = fraction
    }
}

/// Whether a session's refresh-token chain may still be rotated.
public enum RefreshTokenChainState: Hashable, Sendable {
    /// Nothing has invalidated it.
    case valid
    /// No token of it will ever rotate again. The reason is what was given, `nil` where none was.
    case invalidated(reason: String?)
}

/// What `rotateRefreshToken` found.
public enum RotationOutcome: Sendable {
    /// The token was current and is spent now; hand out this one. With the session that it continues, and its user.
    case rotated(RefreshToken, SessionID, UserID)
    /// The token was spent a moment ago, or its successor was never used (`SessionPolicy.Reuse`); this is the same successor
    /// once more. Lost replies and parallel tabs end here.
    case repeated(RefreshToken, SessionID, UserID)
    /// The token was spent long since: somebody else has it too. Its session has been terminated (RFC 9700 §4.14.2).
    case reuse(SessionID)
    /// The chain has been invalidated or its session terminated.
    case invalidated
    /// The session expired, or the record is gone.
    case unknown
    /// None of our keys signed it for this deployment, and Redis was not asked; or its generation is more than 8 ahead of
    /// the stored one, which no failover explains. Nothing was written.
    case forged
}

extension RotationOutcome {
    /// The token to hand out, if there is one.
    package var successor: RefreshToken? {
        switch self {
        case .rotated(let token, _, _), .repeated(let token, _, _): token
        case .reuse, .invalidated, .unknown, .forged: nil
        }
    }

    /// The case's name.
    package var word: String {
        switch self {
        case .rotated: "rotated"
        case .repeated: "repeated"
        case .reuse: "reuse"
        case .invalidated: "invalidated"
        case .unknown: "unknown"
        case .forged: "forged"
        }
    }
}

/// What `invalidateRefreshTokenChain` did. An unknown session's chain is invalidated too (RFC 7009 §2.2).
public enum InvalidationOutcome: String, Hashable, Sendable {
    /// It could have been rotated before, and cannot any more.
    case invalidated
    /// It had been invalidated before, or ended with its session.
    case alreadyInvalidated
}

/// What `revokeSupportAccessGrant` did. Both mean that the grant gives no access any more.
public enum RevocationOutcome: String, Hashable, Sendable {
    /// It was in force and is revoked now.
    case revoked
    /// Expired, revoked before, or never was.
    case unknown
}

import Foundation
import Hummingbird
import SessionRepository

/// What the API answers, as JSON. Dates are ISO 8601.
struct TokenAnswer: ResponseEncodable {
    let accessToken: String
    var tokenType = "Bearer"
    /// Seconds.
    let expiresIn: Int64
    let sessionID: String
}

struct SessionAnswer: ResponseEncodable {
    let id: String
    let device: String?
    let ipAddress: String?
    let createdAt: Date
    let lastActivityAt: Date
    let expiresAt: Date
    /// Whether it is the one that asks.
    let isCurrent: Bool
    let isSupport: Bool

    init(_ session: Session, current: SessionID?) {
        id = session.id.description
        device = session.deviceName
        ipAddress = session.ipAddress
        createdAt = session.createdAt
        lastActivityAt = session.lastActivityAt
        expiresAt = session.expiresAt
        isCurrent = session.id == current
        isSupport = session.grantID != nil
    }
}

struct SessionsAnswer: ResponseEncodable {
    let sessions: [SessionAnswer]

    init(_ sessions: [Session], current: SessionID?) {
        self.sessions = sessions.map { SessionAnswer($0, current: current) }
    }
}

struct TerminatedAnswer: ResponseEncodable {
    let terminated: Int
}

struct MeAnswer: ResponseEncodable {
    let user: String
    let name: String
    let organization: String
    let role: Account.Role
    let session: SessionAnswer
}

struct OrganizationAnswer: ResponseEncodable {
    let id: String
    let name: String
    let members: [String]
}

struct GrantAnswer: ResponseEncodable {
    let id: String
    let grantedBy: String
    let grantedTo: String?
    let reason: String?
    let createdAt: Date
    let until: Date

    init(_ grant: SupportAccessGrant) {
        id = grant.id.description
        grantedBy = grant.grantedBy
        grantedTo = grant.grantedTo?.description
        reason = grant.reason
        createdAt = grant.createdAt
        until = grant.expiresAt
    }
}

struct GrantsAnswer: ResponseEncodable {
    let grants: [GrantAnswer]
}

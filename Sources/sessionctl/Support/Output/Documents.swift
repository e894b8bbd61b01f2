import Foundation
import SessionRepository

/// A session as `--json` shows it. What is absent is left out.
struct SessionDocument: Encodable {
    let id: String
    let userId: String
    let state: String
    let deviceName: String?
    let ipAddress: String?
    let userAgent: String?
    let createdAt: Date
    let authenticatedAt: Date
    let lastActivityAt: Date
    let idleExpiresAt: Date
    let expiresAt: Date
    let grantId: String?
    let level: String?
    let methods: [String]?
    let elevatedUntil: Date?
    let terminatedAt: Date?
    let terminatedBy: String?
    let terminationReason: String?
    let attributes: [String: String]?

    init(_ session: Session) {
        let termination = session.termination
        id = session.id.description
        userId = session.userID.description
        state = termination == nil ? "active" : "terminated"
        deviceName = session.deviceName
        ipAddress = session.ipAddress
        userAgent = session.userAgent
        createdAt = session.createdAt
        authenticatedAt = session.authenticatedAt
        lastActivityAt = session.lastActivityAt
        idleExpiresAt = session.idleExpiresAt
        expiresAt = session.expiresAt
        grantId = session.grantID?.description
        level = session.level
        methods = session.methods.isEmpty ? nil : session.methods
        elevatedUntil = session.elevatedUntil
        terminatedAt = termination?.at
        terminatedBy = termination?.by
        terminationReason = termination?.reason
        attributes = session.attributes.isEmpty ? nil : session.attributes
    }
}

extension Session {
    var termination: Termination? {
        guard case .terminated(let termination) = state else { return nil }
        return termination
    }
}

/// A support-access grant as `--json` shows it.
struct GrantDocument: Encodable {
    let id: String
    let organizationId: String
    let grantedBy: String
    let grantedTo: String?
    let reason: String?
    let createdAt: Date
    let expiresAt: Date

    init(_ grant: SupportAccessGrant) {
        id = grant.id.description
        organizationId = grant.organizationID.description
        grantedBy = grant.grantedBy
        grantedTo = grant.grantedTo?.description
        reason = grant.reason
        createdAt = grant.createdAt
        expiresAt = grant.expiresAt
    }
}

/// What an operation did, in one word.
struct OutcomeDocument: Encodable {
    let outcome: String
    var replicas: Int?
}

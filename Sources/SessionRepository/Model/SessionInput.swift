import Foundation

/// A new session after its checks: everything within the limits, times in milliseconds.
package struct SessionInput {
    package let id: SessionID
    package let userID: UserID
    package let ticket: LoginTicket
    package let deviceName: String?
    package let ipAddress: String?
    package let userAgent: String?
    package let authenticatedAt: Int64?
    package let lifetime: Int64
    package let idleTimeout: Int64
    package let grantID: SupportAccessGrantID?
    package let attributes: [String: String]
    package let level: String?
    package let methods: [String]

    package init(_ new: NewSession, policy: SessionPolicy) throws(SessionRepositoryError) {
        guard new.id.mayBelong(to: new.userID) else {
            throw .invalidInput(field: "session ID", problem: "it was made for another user")
        }
        id = new.id
        userID = new.userID
        ticket = new.ticket
        try ticket.validate(for: id.value.tag)
        deviceName = InputLimits.cut(new.deviceName, to: InputLimits.deviceNameBytes)
        ipAddress = new.ipAddress.flatMap(ClientAddress.canonical)
        userAgent = InputLimits.cut(new.userAgent, to: InputLimits.userAgentBytes)
        lifetime = try InputLimits.lifetime(new.lifetime ?? policy.lifetime, field: "lifetime")
        idleTimeout = try InputLimits.lifetime(new.idleTimeout ?? policy.idleTimeout, field: "idle timeout")
        grantID = new.grantID
        attributes = try InputLimits.attributes(new.attributes)
        level = try InputLimits.level(new.level)
        methods = try InputLimits.methods(new.methods)
        authenticatedAt = try InputLimits.authenticatedAt(new.authenticatedAt)
    }

    /// The session that has just been created from this.
    package func session(createdAt: Int64, authenticatedAt: Int64, expiresAt: Int64) -> Session {
        Session(
            id: id, userID: userID, state: .active, deviceName: deviceName, ipAddress: ipAddress,
            userAgent: userAgent, createdAt: Date(unixMilliseconds: createdAt),
            authenticatedAt: Date(unixMilliseconds: authenticatedAt),
            lastActivityAt: Date(unixMilliseconds: createdAt),
            idleExpiresAt: Date(unixMilliseconds: min(createdAt + idleTimeout, expiresAt)),
            expiresAt: Date(unixMilliseconds: expiresAt), grantID: grantID, attributes: attributes,
            assurance: Assurance(level: level, methods: methods).recorded)
    }
}

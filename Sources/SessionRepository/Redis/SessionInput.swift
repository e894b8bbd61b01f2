import Foundation

/// A new session after its checks: everything within the limits, times in milliseconds.
struct SessionInput {
    let id: SessionID
    let userID: UserID
    let deviceName: String?
    let ipAddress: String?
    let userAgent: String?
    let authenticatedAt: Int64?
    let lifetime: Int64
    let idleTimeout: Int64
    let grantID: SupportAccessGrantID?
    let attributes: [String: String]

    init(_ new: NewSession, policy: SessionPolicy) throws(SessionRepositoryError) {
        guard new.id.mayBelong(to: new.userID) else {
            throw .invalidInput(field: "session ID", problem: "it was made for another user")
        }
        id = new.id
        userID = new.userID
        deviceName = InputLimits.cut(new.deviceName, to: InputLimits.deviceNameBytes)
        ipAddress = try InputLimits.ipAddress(new.ipAddress)
        userAgent = InputLimits.cut(new.userAgent, to: InputLimits.userAgentBytes)
        lifetime = try InputLimits.lifetime(new.lifetime ?? policy.lifetime, field: "lifetime")
        idleTimeout = try InputLimits.lifetime(new.idleTimeout ?? policy.idleTimeout, field: "idle timeout")
        grantID = new.grantID
        attributes = try InputLimits.attributes(new.attributes)
        authenticatedAt = try InputLimits.time(new.authenticatedAt, field: "authenticatedAt")
    }

    /// The fields that the script does not make itself, names and values in turn.
    var fields: [String] {
        let fixed: [(SessionField, String?)] = [
            (.device, deviceName), (.ip, ipAddress), (.agent, userAgent),
        ]
        return fixed.flatMap { field, value in value.map { [field.rawValue, $0] } ?? [] }
            + attributes.sorted { $0.key < $1.key }.flatMap { [SessionField.attributePrefix + $0.key, $0.value] }
    }

    /// The session that has just been created from this.
    func session(createdAt: Int64, authenticatedAt: Int64, expiresAt: Int64) -> Session {
        Session(
            id: id, userID: userID, state: .active, deviceName: deviceName, ipAddress: ipAddress,
            userAgent: userAgent, createdAt: Date(unixMilliseconds: createdAt),
            authenticatedAt: Date(unixMilliseconds: authenticatedAt),
            lastActivityAt: Date(unixMilliseconds: createdAt), expiresAt: Date(unixMilliseconds: expiresAt),
            grantID: grantID, attributes: attributes)
    }
}

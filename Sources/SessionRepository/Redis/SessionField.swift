/// The fields of a session's hash that make up a `Session`. What only the scripts use (`idle`, `generation`,
/// `rotated`) is not among them.
package enum SessionField: String, CaseIterable {
    case id, user, state, device, ip, agent, created, authenticated, seen, expires, grant
    case terminated, terminatedBy, reason

    static let attributePrefix = "attr:"

    /// What a lookup asks for. Redis scans the whole record for each field that it lacks: what only a termination adds costs
    /// a lookup of an active session a tenth of the server's time.
    package static let lookedUp: [SessionField] = [
        .id, .user, .state, .device, .ip, .agent, .created, .authenticated, .seen, .expires, .grant,
    ]

    /// What the lookup of a terminated session asks for next.
    package static let ofTermination: [SessionField] = [.id, .terminated, .terminatedBy, .reason]
}

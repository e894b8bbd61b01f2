/// The fields of a session's hash that make up a `Session`. What only the scripts use (`generation`, `rotated`, `reissued`,
/// `moves`, `everyone`) is not among them.
package enum SessionField: String, CaseIterable {
    case id, user, state, device, ip, agent, created, authenticated, seen, idle, expires, grant
    case terminated, terminatedBy, reason
    case level, methods, elevated

    static let attributePrefix = "attr:"

    /// How long after `created` a session ends whose record leaves `expires` out: that of a default `SessionPolicy`, in
    /// milliseconds. The scripts have it too.
    package static let usualLifetime: Int64 = 30 * 86_400_000

    /// After how long without activity a session ends whose record leaves `idle` out: that of a default `SessionPolicy`, in
    /// milliseconds. The scripts have it too.
    package static let usualIdleTimeout: Int64 = 14 * 86_400_000

    /// What a lookup asks for. Redis scans the whole record for each field that it lacks: what only a termination adds costs
    /// a lookup of an active session a tenth of the server's time.
    package static let lookedUp: [SessionField] = [
        .id, .user, .state, .device, .ip, .agent, .created, .authenticated, .seen, .idle, .expires, .grant,
    ]

    /// What a lookup asks for besides where the configuration wants it: fields that are not there cost as above.
    package static let ofAssurance: [SessionField] = [.level, .methods, .elevated]

    /// What the lookup of a terminated session asks for next.
    package static let ofTermination: [SessionField] = [.id, .state, .terminated, .terminatedBy, .reason]
}

/// What to change on a live session. What is not named stays as it is.
public struct SessionChanges: Hashable, Sendable {
    /// The new device name, cut to 256 bytes; an empty one removes it, `nil` leaves it.
    public var deviceName: String?
    /// The new user agent, cut to 1,024 bytes; an empty one removes it, `nil` leaves it.
    public var userAgent: String?
    /// New values by name; `nil` in place of a value removes that attribute. At most 32 names; names up to 64 bytes, values up
    /// to 1,024. The session has at most 32 attributes afterwards.
    public var attributes: [String: String?]

    /// Changes what is given.
    public init(deviceName: String? = nil, userAgent: String? = nil, attributes: [String: String?] = [:]) {
        self.deviceName = deviceName
        self.userAgent = userAgent
        self.attributes = attributes
    }
}

/// What `updateSession` or `elevateSession` did.
public enum UpdateOutcome: Hashable, Sendable {
    /// The session as it is now, with all its attributes.
    case updated(Session)
    /// The session is terminated, expired or unknown; nothing was written.
    case notActive
}

extension UpdateOutcome {
    /// The case's name.
    package var word: String {
        switch self {
        case .updated: "updated"
        case .notActive: "notActive"
        }
    }
}

/// Changes after their checks.
package struct SessionChangesInput {
    package enum Change: Hashable, Sendable {
        case none
        case remove
        case set(String)

        /// `nil` changes nothing, an empty text removes.
        init(_ text: String?, cutTo limit: Int) {
            guard let text else {
                self = .none
                return
            }
            self = InputLimits.cut(text, to: limit).map { .set($0) } ?? .remove
        }
    }

    package let deviceName: Change
    package let userAgent: Change
    package let removedAttributes: [String]
    package let attributes: [String: String]

    package init(_ changes: SessionChanges) throws(SessionRepositoryError) {
        deviceName = Change(changes.deviceName, cutTo: InputLimits.deviceNameBytes)
        userAgent = Change(changes.userAgent, cutTo: InputLimits.userAgentBytes)
        // A removed one must have a name that it could have had.
        _ = try InputLimits.attributes(changes.attributes.mapValues { $0 ?? "" })
        removedAttributes = changes.attributes.filter { $0.value == nil }.keys.sorted()
        attributes = changes.attributes.compactMapValues { $0 }
    }

    /// What the session's attributes come to.
    package func attributes(after before: [String: String]) throws(SessionRepositoryError) -> [String: String] {
        var after = before
        for name in removedAttributes { after[name] = nil }
        let kept = after.count
        after.merge(attributes) { $1 }
        guard after.count <= InputLimits.attributeCount || after.count == kept else { throw Self.tooManyAttributes }
        return after
    }

    package static let tooManyAttributes = SessionRepositoryError.invalidInput(
        field: "attributes", problem: "there can be at most \(InputLimits.attributeCount)")
}

import Foundation
import RedisClient

/// The fields of a session's hash that make up a `Session`. What only the scripts use (`idle`, `generation`,
/// `rotated`) is not among them.
enum SessionField: String, CaseIterable {
    case user, state, device, ip, agent, created, authenticated, seen, expires, grant
    case terminated, terminatedBy, reason

    static let attributePrefix = "attr:"
}

/// A session's hash as it was read: every field may be missing or wrong.
struct SessionRecord {
    private var texts: [SessionField: String] = [:]
    private var attributes: [String: String] = [:]
    /// The first thing that is wrong with it.
    private var problem: String?

    /// Whether there was no field at all, which is how Redis shows a missing key.
    private(set) var isEmpty = true

    /// From HMGET: the fixed fields in the order of `SessionField`, then the named attributes.
    init(fixedFields reply: borrowing RedisReply, attributes names: [String]) {
        for (position, field) in SessionField.allCases.enumerated() {
            read(field.rawValue, reply[position]) { $0.texts[field] = $1 }
        }
        for (position, name) in names.enumerated() {
            read(name, reply[SessionField.allCases.count + position]) { $0.attributes[name] = $1 }
        }
    }

    /// From HGETALL: names and values in turn.
    init(allFields reply: borrowing RedisReply) {
        for position in stride(from: 0, to: (reply.count ?? 0) - 1, by: 2) {
            guard let name = reply[position].string else {
                note("a field's name is not UTF-8")
                continue
            }
            if let field = SessionField(rawValue: name) {
                read(name, reply[position + 1]) { $0.texts[field] = $1 }
            } else if name.hasPrefix(SessionField.attributePrefix) {
                let name = String(name.dropFirst(SessionField.attributePrefix.count))
                read(name, reply[position + 1]) { $0.attributes[name] = $1 }
            } else {
                isEmpty = false
            }
        }
    }

    /// The session, `nil` when there is no record, or what is wrong with it.
    func decode(_ id: SessionID) -> Result<Session?, RecordProblem> {
        guard !isEmpty else { return .success(nil) }
        do throws(RecordProblem) {
            if let problem { throw RecordProblem(problem) }
            let created = try time(.created)
            return .success(
                Session(
                    id: id,
                    userID: UserID(stored: try text(.user)),
                    state: try state(),
                    deviceName: texts[.device],
                    ipAddress: texts[.ip],
                    userAgent: texts[.agent],
                    createdAt: created,
                    authenticatedAt: texts[.authenticated] == nil ? created : try time(.authenticated),
                    lastActivityAt: try time(.seen),
                    expiresAt: try time(.expires),
                    grantID: try grantID(),
                    attributes: attributes))
        } catch {
            return .failure(error)
        }
    }

    private func state() throws(RecordProblem) -> Session.State {
        switch try text(.state) {
        case "active": .active
        case "terminated":
            .terminated(
                Termination(at: try time(.terminated), by: texts[.terminatedBy], reason: texts[.reason]))
        default: throw RecordProblem("state is neither active nor terminated")
        }
    }

    private func grantID() throws(RecordProblem) -> SupportAccessGrantID? {
        guard let text = texts[.grant] else { return nil }
        guard let value = TaggedIdentifier(text) else { throw RecordProblem("grant is not a grant ID") }
        return SupportAccessGrantID(value)
    }

    private func text(_ field: SessionField) throws(RecordProblem) -> String {
        guard let text = texts[field] else { throw RecordProblem("\(field.rawValue) is missing") }
        return text
    }

    private func time(_ field: SessionField) throws(RecordProblem) -> Date {
        try Date(recorded: try text(field), field: field.rawValue)
    }

    private mutating func read(
        _ name: String, _ value: borrowing RedisReply, store: (inout SessionRecord, String) -> Void
    ) {
        guard !value.isNull else { return }
        isEmpty = false
        guard let text = value.string else { return note("\(name) is not UTF-8") }
        store(&self, text)
    }

    private mutating func note(_ problem: String) {
        self.problem = self.problem ?? problem
    }
}

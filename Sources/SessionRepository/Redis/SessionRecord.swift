import Foundation
import RedisClient

/// The fields of a session's hash that make up a `Session`. What only the scripts use (`idle`, `generation`,
/// `rotated`) is not among them.
package enum SessionField: String, CaseIterable {
    case user, state, device, ip, agent, created, authenticated, seen, expires, grant
    case terminated, terminatedBy, reason

    static let attributePrefix = "attr:"
}

/// A session's hash as it was read: every field may be missing or wrong.
///
/// One is made per lookup, on the event loop's thread: hence a property for each field instead of a dictionary.
struct SessionRecord {
    private enum State {
        case active, terminated, other
    }

    private var user: String?
    private var state: State?
    private var device: String?
    private var ip: String?
    private var agent: String?
    private var created: Int64?
    private var authenticated: Int64?
    private var seen: Int64?
    private var expires: Int64?
    private var grant: String?
    private var terminated: Int64?
    private var terminatedBy: String?
    private var reason: String?
    private var attributes: [String: String] = [:]
    /// The first thing that is wrong with it.
    private var problem: RecordProblem?
    /// Whether there was no field at all, which is how Redis shows a missing key.
    private var isEmpty = true

    /// From HMGET: the fixed fields in the order of `SessionField`, then the named attributes.
    init(fixedFields reply: borrowing RedisReply, attributes names: [String]) {
        let count = Self.fixedFields.count + names.count
        withUnsafeTemporaryAllocation(of: RedisElement.self, capacity: count) { values in
            guard reply.lendElements(values) else { return note(Self.wrongShape) }
            for position in 0..<Self.fixedFields.count { read(Self.fixedFields[position], values[position]) }
            for (name, value) in zip(names, values[Self.fixedFields.count...]) { readAttribute(name, value) }
        }
    }

    private static let fixedFields = SessionField.allCases

    /// From HGETALL: names and values in turn.
    init(allFields reply: borrowing RedisReply) {
        guard let count = reply.count, count.isMultiple(of: 2) else {
            note(Self.wrongShape)
            return
        }
        for position in stride(from: 0, to: count, by: 2) {
            isEmpty = false
            guard let name = reply[position].string else {
                note("a field's name is not UTF-8")
                continue
            }
            if let field = SessionField(rawValue: name) {
                read(field, reply[position + 1].element)
            } else if name.utf8.starts(with: SessionField.attributePrefix.utf8) {
                // By bytes: a mark at the name's beginning merges with the colon before it.
                let attribute = name.utf8.dropFirst(SessionField.attributePrefix.utf8.count)
                readAttribute(String(decoding: attribute, as: UTF8.self), reply[position + 1].element)
            }
        }
    }

    /// The session, `nil` when there is no record, or what is wrong with it.
    func decode(_ id: SessionID) -> Result<Session?, RecordProblem> {
        do throws(RecordProblem) {
            if let problem { throw problem }
            guard !isEmpty else { return .success(nil) }
            let created = try required(created, .created)
            return .success(
                Session(
                    id: id,
                    userID: UserID(stored: try required(user, .user)),
                    state: try decodedState(),
                    deviceName: device,
                    ipAddress: ip,
                    userAgent: agent,
                    createdAt: Date(unixMilliseconds: created),
                    authenticatedAt: Date(unixMilliseconds: authenticated ?? created),
                    lastActivityAt: Date(unixMilliseconds: try required(seen, .seen)),
                    expiresAt: Date(unixMilliseconds: try required(expires, .expires)),
                    grantID: try decodedGrant(),
                    attributes: attributes))
        } catch {
            return .failure(error)
        }
    }

    private func decodedState() throws(RecordProblem) -> Session.State {
        switch try required(state, .state) {
        case .active: .active
        case .terminated:
            .terminated(
                Termination(
                    at: Date(unixMilliseconds: try required(terminated, .terminated)), by: terminatedBy,
                    reason: reason))
        case .other: throw RecordProblem("state is neither active nor terminated")
        }
    }

    private func decodedGrant() throws(RecordProblem) -> SupportAccessGrantID? {
        guard let grant else { return nil }
        guard let value = TaggedIdentifier(grant) else { throw RecordProblem("grant is not a grant ID") }
        return SupportAccessGrantID(value)
    }

    private static let wrongShape = "the server answered with something else than a record"

    private func required<Value>(_ value: Value?, _ field: SessionField) throws(RecordProblem) -> Value {
        guard let value else { throw RecordProblem("\(field.rawValue) is missing") }
        return value
    }
}

// MARK: - Reading one field

extension SessionRecord {
    @inline(__always)
    private mutating func read(_ field: SessionField, _ value: RedisElement) {
        if case .null = value { return }
        isEmpty = false
        // What is neither bytes nor null is nothing that a hash could hold.
        guard case .bytes(let value) = value else { return note("\(field.rawValue) is no string") }
        switch field {
        case .user:
            user = text(value, field)
            if user?.isEmpty == true { note("user is empty") }
        case .state: state = Self.state(value)
        case .device: device = text(value, field)
        case .ip: ip = text(value, field)
        case .agent: agent = text(value, field)
        case .created: created = time(value, field)
        case .authenticated: authenticated = time(value, field)
        case .seen: seen = time(value, field)
        case .expires: expires = time(value, field)
        case .grant: grant = text(value, field)
        case .terminated: terminated = time(value, field)
        case .terminatedBy: terminatedBy = text(value, field)
        case .reason: reason = text(value, field)
        }
    }

    private mutating func readAttribute(_ name: String, _ value: RedisElement) {
        if case .null = value { return }
        isEmpty = false
        guard case .bytes(let bytes) = value, let text = bytes.text else {
            return note("attribute \(name) is not UTF-8")
        }
        attributes[name] = text
    }

    private static func state(_ value: UnsafeRawBufferPointer) -> State {
        if value.equals("active") { return .active }
        return value.equals("terminated") ? .terminated : .other
    }

    private mutating func text(_ value: UnsafeRawBufferPointer, _ field: SessionField) -> String? {
        guard let text = value.text else {
            note("\(field.rawValue) is not UTF-8")
            return nil
        }
        return text
    }

    private mutating func time(_ value: UnsafeRawBufferPointer, _ field: SessionField) -> Int64? {
        guard let time = value.decimal, Date.recordable.contains(time) else {
            note("\(field.rawValue) is not a time in Unix milliseconds")
            return nil
        }
        return time
    }

    private mutating func note(_ problem: String) {
        self.problem = self.problem ?? RecordProblem(problem)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
    }
}

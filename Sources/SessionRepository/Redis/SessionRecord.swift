import Foundation
import RedisClient

/// A session's hash as it was read: every field may be missing or wrong.
///
/// One is made per lookup, on the event loop's thread: hence a property for each field instead of a dictionary.
struct SessionRecord {
    private enum State {
        case active, terminated, other
    }

    /// The eight bytes of `id`, as `RandomPart.identity` has them.
    private var identity: UInt64?
    private var comparesIdentity = true
    private var user: String?
    private var state: State?
    private var device: String?
    private var ip: String?
    private var agent: String?
    private var created: Int64?
    private var authenticated: Int64?
    private var seen: Int64?
    private var idle: Int64?
    private var expires: Int64?
    private var grant: String?
    private var terminated: Int64?
    private var terminatedBy: String?
    private var reason: String?
    private var level: String?
    private var methods: [String] = []
    private var elevation: Elevation?
    private var attributes: [String: String] = [:]
    /// The first thing that is wrong with it.
    private var problem: RecordProblem?
    /// Whether there was no field at all, which is how Redis shows a missing key.
    private var isEmpty = true

    /// From HMGET: the fields in the order in which they were asked for, then the named attributes.
    /// - Throws: `misplaced` when HMGET never answers so.
    init(
        _ fields: [SessionField], attributes names: [String] = [], of reply: borrowing RedisReply
    ) throws(ReplyProblem) {
        let count = fields.count + names.count
        let fits = withUnsafeTemporaryAllocation(of: RedisElement.self, capacity: count) { values in
            guard reply.lendElements(values) else { return false }
            for position in 0..<count {
                if case .other = values[position] { return false }
            }
            for position in 0..<fields.count { read(fields[position], values[position]) }
            for (name, value) in zip(names, values[fields.count...]) { readAttribute(name, value) }
            return true
        }
        comparesIdentity = reply.comparesSubjects
        guard fits else { throw .misplaced("the reply to HMGET is not an array of \(count) values") }
    }

    /// From HGETALL: names and values in turn.
    /// - Throws: `misplaced` when HGETALL never answers so.
    init(allFields reply: borrowing RedisReply) throws(ReplyProblem) {
        guard let count = reply.count, count.isMultiple(of: 2) else { throw Self.noHash }
        comparesIdentity = reply.comparesSubjects
        for position in stride(from: 0, to: count, by: 2) {
            guard case .bytes(let name) = reply[position].element, case .bytes = reply[position + 1].element else {
                throw Self.noHash
            }
            isEmpty = false
            guard let name = name.text else {
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

    private static let noHash = ReplyProblem.misplaced("the reply to HGETALL is not an array of names and values")

    /// What a lookup found.
    enum Finding: Sendable {
        case session(Session)
        /// By whom, when and why is yet to be asked.
        case terminated
        case unknown
    }

    /// What the fields of `SessionField.lookedUp` say, or what is wrong with them.
    /// - Throws: `foreign` when the record is another session's.
    func find(_ id: SessionID) throws(ReplyProblem) -> Result<Finding, RecordProblem> {
        try decode(id) { () throws(RecordProblem) in
            guard !isEmpty else { return .unknown }
            if try required(state, .state) == .terminated { return .terminated }
            return .session(try session(id))
        }
    }

    /// The session, `nil` when there is no record, or what is wrong with it.
    /// - Throws: `foreign` when the record is another session's.
    func decode(_ id: SessionID) throws(ReplyProblem) -> Result<Session?, RecordProblem> {
        try decode(id) { () throws(RecordProblem) in isEmpty ? nil : try session(id) }
    }

    /// What the second question about a terminated session found.
    enum TerminationFinding: Sendable {
        case terminated(Termination)
        /// Another server answered, which does not know of the termination.
        case active
    }

    /// What the fields of `SessionField.ofTermination` say; `nil` when the record has gone meanwhile.
    /// - Throws: `foreign` when the record is another session's.
    func termination(of id: SessionID) throws(ReplyProblem) -> Result<TerminationFinding?, RecordProblem> {
        try decode(id) { () throws(RecordProblem) in
            if isEmpty { return nil }
            if state == .active { return .active }
            return .terminated(try decodedTermination())
        }
    }

    @inline(__always)
    private func decode<Value>(
        _ id: SessionID, _ content: () throws(RecordProblem) -> Value
    ) throws(ReplyProblem) -> Result<Value, RecordProblem> {
        let expected = id.value.random.identity
        // First of all: of another session's record nothing else is of interest.
        if comparesIdentity, let identity, identity != expected, let text = RandomPart.text(ofIdentity: identity) {
            throw .foreign("id is \(text): it is the record of another session")
        }
        // Nor does one that names none prove anything.
        if comparesIdentity, !isEmpty, identity != expected {
            throw .foreign(problem?.text ?? (identity == nil ? "id is missing" : Self.illFormedID.text))
        }
        do throws(RecordProblem) {
            if let problem { throw problem }
            return .success(try content())
        } catch {
            return .failure(error)
        }
    }

    private static let illFormedID = RecordProblem("id is not eight characters of a session ID")

    private func session(_ id: SessionID) throws(RecordProblem) -> Session {
        let created = try required(created, .created)
        let seen = try required(seen, .seen)
        let expires = expires ?? created + SessionField.usualLifetime
        return Session(
            id: id,
            userID: UserID(stored: try required(user, .user)),
            state: try decodedState(),
            deviceName: device,
            ipAddress: ip,
            userAgent: agent,
            createdAt: Date(unixMilliseconds: created),
            authenticatedAt: Date(unixMilliseconds: authenticated ?? created),
            lastActivityAt: Date(unixMilliseconds: seen),
            idleExpiresAt: Date(unixMilliseconds: min(seen + (idle ?? SessionField.usualIdleTimeout), expires)),
            expiresAt: Date(unixMilliseconds: expires),
            grantID: try decodedGrant(),
            attributes: attributes,
            assurance: Assurance(level: level, methods: methods, elevation: elevation).recorded
        ).standing
    }

    private func decodedState() throws(RecordProblem) -> Session.State {
        switch try required(state, .state) {
        case .active: .active
        case .terminated: .terminated(try decodedTermination())
        case .other: throw RecordProblem("state is neither active nor terminated")
        }
    }

    private func decodedTermination() throws(RecordProblem) -> Termination {
        Termination(
            at: Date(unixMilliseconds: try required(terminated, .terminated)), by: terminatedBy, reason: reason)
    }

    private func decodedGrant() throws(RecordProblem) -> SupportAccessGrantID? {
        guard let grant else { return nil }
        guard let value = TaggedIdentifier(grant) else { throw RecordProblem("grant is not a grant ID") }
        return SupportAccessGrantID(value)
    }

    private func required<Value>(_ value: Value?, _ field: SessionField) throws(RecordProblem) -> Value {
        guard let value else { throw RecordProblem("\(field.rawValue) is missing") }
        return value
    }
}

// MARK: - Reading one field

extension SessionRecord {
    @inline(__always)
    private mutating func read(_ field: SessionField, _ value: RedisElement) {
        guard case .bytes(let value) = value else { return }
        isEmpty = false
        switch field {
        case .id: identity = identity(value)
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
        case .idle: idle = duration(value, field)
        case .expires: expires = time(value, field)
        case .grant: grant = text(value, field)
        case .terminated: terminated = time(value, field)
        case .terminatedBy: terminatedBy = text(value, field)
        case .reason: reason = text(value, field)
        case .level: level = text(value, field)
        case .methods: methods = text(value, field)?.split(separator: " ").map(String.init) ?? []
        case .elevated:
            elevation = text(value, field).flatMap(Elevation.init(stored:))
            if elevation == nil { note("elevated is not a time in Unix milliseconds with a level and methods") }
        }
    }

    private mutating func readAttribute(_ name: String, _ value: RedisElement) {
        guard case .bytes(let bytes) = value else { return }
        isEmpty = false
        guard let text = bytes.text else {
            return note("attribute \(name) is not UTF-8")
        }
        attributes[name] = text
    }

    private static func state(_ value: UnsafeRawBufferPointer) -> State {
        if value.equals("active") { return .active }
        return value.equals("terminated") ? .terminated : .other
    }

    private mutating func identity(_ value: UnsafeRawBufferPointer) -> UInt64? {
        guard value.count == RandomPart.identityLength else {
            note(Self.illFormedID.text)
            return nil
        }
        return UInt64(littleEndian: value.loadUnaligned(as: UInt64.self))
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

    private mutating func duration(_ value: UnsafeRawBufferPointer, _ field: SessionField) -> Int64? {
        guard let duration = value.decimal, Date.recordable.contains(duration) else {
            note("\(field.rawValue) is not a number of milliseconds")
            return nil
        }
        return duration
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

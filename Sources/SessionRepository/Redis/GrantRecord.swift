import Foundation
import RedisClient

/// A grant's hash as it was read.
struct GrantRecord {
    private var fields: [String: String] = [:]
    private var problem: String?
    private let comparesIdentity: Bool

    /// From HGETALL: names and values in turn.
    /// - Throws: `misplaced` when HGETALL never answers so.
    init(_ reply: borrowing RedisReply) throws(ReplyProblem) {
        guard let count = reply.count, count.isMultiple(of: 2) else {
            throw .misplaced("the reply to HGETALL is not an array of names and values")
        }
        comparesIdentity = reply.comparesSubjects
        for position in stride(from: 0, to: count, by: 2) {
            guard let name = reply[position].string, let value = reply[position + 1].string else {
                problem = problem ?? "a field is not UTF-8"
                continue
            }
            fields[name] = value
        }
    }

    /// The grant, `nil` when there is no record, or what is wrong with it.
    /// - Throws: `foreign` when the record does not name this grant.
    func decode(_ id: SupportAccessGrantID) throws(ReplyProblem) -> Result<SupportAccessGrant?, RecordProblem> {
        guard !fields.isEmpty || problem != nil else { return .success(nil) }
        if comparesIdentity, fields["id"] != RandomPart.text(ofIdentity: id.value.random.identity) {
            throw .foreign(fields["id"] == nil ? "id is missing" : "id is not that of this grant")
        }
        do throws(RecordProblem) {
            if let problem { throw RecordProblem(problem) }
            return .success(
                SupportAccessGrant(
                    id: id,
                    organizationID: OrganizationID(stored: try text("organization")),
                    grantedBy: try text("grantedBy"),
                    grantedTo: fields["grantedTo"].map(UserID.init(stored:)),
                    reason: fields["reason"],
                    createdAt: try time("created"),
                    expiresAt: try time("expires")))
        } catch {
            return .failure(error)
        }
    }

    private func text(_ field: String) throws(RecordProblem) -> String {
        guard let text = fields[field] else { throw RecordProblem("\(field) is missing") }
        return text
    }

    private func time(_ field: String) throws(RecordProblem) -> Date {
        guard let time = Int64(try text(field)), Date.recordable.contains(time) else {
            throw RecordProblem("\(field) is not a time in Unix milliseconds")
        }
        return Date(unixMilliseconds: time)
    }
}

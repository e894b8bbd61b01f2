import Foundation
import RedisClient

extension RedisSessionRepository {
    func save(_ new: NewSupportAccessGrant) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await save(try SupportAccessGrantInput(new))
    }

    func extend(
        _ id: SupportAccessGrantID, until expiry: NewSupportAccessGrant.Expiry, by actor: String?
    ) async throws(SessionRepositoryError) -> SupportAccessGrant {
        try await save(try SupportAccessGrantInput(extending: id, until: expiry, by: actor))
    }

    /// Where a grant is to name an administrator, their index has it first: it is in another slot, and no grant in force may
    /// be missing there.
    private func save(_ input: SupportAccessGrantInput) async throws(SessionRepositoryError) -> SupportAccessGrant {
        let operationID = OperationID()
        var entered = input.grantedTo?.administrator
        if let entered { try await enter(input.id, ending: input.expiry, with: entered) }
        // Whom it names is known only to the script, where that is kept; it may change between two attempts.
        for _ in 0..<8 {
            switch try await run(input, operationID, entered: entered) {
            case .saved(let saving):
                await finish(saving, by: input.actor)
                return saving.grant
            case .enter(let admin):
                try await enter(input.id, ending: input.expiry, with: admin)
                entered = admin
            case .other("revoked"), .other("unknown"):
                throw .supportAccessEnded(input.id)
            case .other("taken"):
                throw .identifierTaken("\(input.id)")
            case .other("limit"):
                throw .supportAccessLimitReached(limit: InputLimits.grantsPerOrganization)
            case .other("past"):
                throw .invalidInput(field: "expiry", problem: "it is in the past")
            case .other("unnamed"):
                throw .unnamedAdministrator
            case .other, nil:
                throw .unexpectedAnswer(about: keys.grant(input.id))
            }
        }
        throw .timedOut
    }

    func enter(
        _ id: SupportAccessGrantID, ending expiry: SupportAccessGrantInput.Expiry, with admin: UserID
    ) async throws(SessionRepositoryError) {
        let key = keys.adminIndex(admin)
        let answer = try await run(
            Scripts.enterAdminGrant, keys: [key], arguments: [id.description] + expiry.words
        ) { $0.string ?? $0[0].string }
        guard answer == "entered" else { throw .unexpectedAnswer(about: key) }
    }

    /// What was ended or shortened with the grant, in the slots of those sessions.
    private func finish(_ saving: GrantSaving, by actor: String?) async {
        await mark(saving.former, endedByReassigning: saving.grant.id, by: actor)
        guard let end = saving.grant.expiresAt.unixMilliseconds else { return }
        await shorten(saving.remaining, under: saving.grant.id, to: end)
    }

    private func run(
        _ input: SupportAccessGrantInput, _ operationID: OperationID, entered: UserID?
    ) async throws(SessionRepositoryError) -> GrantSaving.Answer? {
        let id = input.id
        return try await run(
            Scripts.saveGrant,
            keys: [keys.grant(id), keys.revokedGrant(id), keys.grantSessions(id)],
            arguments: [
                id.value.random.text, keys.organizationIndexStem(id.value.tag), input.organizationID?.text ?? "",
                input.actor ?? "",
            ] + input.grantedTo.words + input.reason.words + input.expiry.words + [
                String(policy.maximumGrantDuration.wholeMilliseconds), operationID.description,
                String(InputLimits.grantsPerOrganization), entered?.text ?? "",
            ],
            journaling: { [self] answer in
                guard case .saved(let saving)? = answer, let saved = saving.saved else { return nil }
                return self.saving(of: saving.grant, saved: saved, reassigned: saving.reassigned)
            },
            decode: { GrantSaving.answer($0, about: id) })
    }
}

/// What the script that saves a grant has done.
struct GrantSaving: Sendable {
    let grant: SupportAccessGrant
    /// The record's `saved`, where it may have taken something away.
    let saved: Int64?
    let reassigned: Int64?
    /// Of administrators who have lost the grant.
    let former: [String]
    /// That may not outlive it.
    let remaining: [String]

    enum Answer: Sendable {
        case saved(GrantSaving)
        /// The index of the administrator whom it names must have it first.
        case enter(UserID)
        case other(String)
    }

    /// `nil` for what the script never answers.
    static func answer(_ reply: borrowing RedisReply, about id: SupportAccessGrantID) -> Answer? {
        guard let word = reply[0].string else { return nil }
        switch (word, reply[1].decimal, reply[2].decimal, reply[3].string, reply[4].string) {
        case ("saved", let created?, let expires?, let organization?, let grantedBy?):
            let grant = SupportAccessGrant(
                id: id, organizationID: OrganizationID(stored: organization), grantedBy: grantedBy,
                grantedTo: text(reply[5].string).map(UserID.init(stored:)), reason: text(reply[6].string),
                createdAt: Date(unixMilliseconds: created), expiresAt: Date(unixMilliseconds: expires))
            return .saved(
                GrantSaving(
                    grant: grant, saved: reply[7].decimal, reassigned: reply[8].decimal,
                    former: reply[9].strings(from: 0), remaining: reply[10].strings(from: 0)))
        case ("saved", _, _, _, _):
            return nil
        case ("enter", _, _, _, _):
            return reply[1].string.map { .enter(UserID(stored: $0)) }
        default:
            return .other(word)
        }
    }

    private static func text(_ value: String?) -> String? {
        value.flatMap { $0.isEmpty ? nil : $0 }
    }
}

// MARK: - How a change is told to the scripts

extension SupportAccessGrantInput.Expiry {
    fileprivate var words: [String] {
        switch self {
        case .at(let time): ["at", String(time)]
        case .after(let duration): ["after", String(duration)]
        }
    }
}

extension NewSupportAccessGrant.Recipient? {
    fileprivate var words: [String] {
        switch self {
        case nil: ["keep", "", ""]
        case .anyAdministrator: ["any", "", ""]
        case .administrator(let admin): ["admin", admin.text, HashTag(owner: admin.text).text]
        }
    }
}

extension SupportAccessGrantInput.Change? {
    fileprivate var words: [String] {
        switch self {
        case nil: ["keep", ""]
        case .remove: ["set", ""]
        case .set(let text): ["set", text]
        }
    }
}

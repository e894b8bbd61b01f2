import Foundation
import RedisClient

extension RedisSessionRepository {
    func renew(
        _ id: SessionID, as newID: SessionID, ticket: LoginTicket, authenticatedAt: Date?, lifetime: Duration?
    ) async throws(SessionRepositoryError) -> RenewalOutcome {
        let renewal = try SessionRenewal(
            of: id, as: newID, ticket: ticket, authenticatedAt: authenticatedAt, lifetime: lifetime)
        // Also what happens to the new one after it was created.
        defer { forget(.sessions(id, newID)) }
        var answer = try await renew(renewal, under: nil)
        var grant: SupportAccessGrantID?
        if case .underGrant(let text, let user) = answer {
            guard let found = TaggedIdentifier(text).map(SupportAccessGrantID.init) else {
                throw .corruptRecord(key: keys.session(id), problem: "grant is not a grant ID")
            }
            // The old session's access may have ended with a grant that was saved anew since.
            guard try await isInForce(found, for: id, of: user) else { throw .supportAccessEnded(found) }
            grant = found
            let latestEnd = try await register(newID, of: user, under: found)
            answer = try await renew(renewal, under: (found, latestEnd))
        }
        switch answer {
        case .other("notActive"): return .notActive
        case .other("renewed"), .other("exists"):
            return .renewed(try await renewed(renewal, isNew: answer == .other("renewed")))
        case .superseded(let fence): throw .loginSuperseded(by: fence)
        case .other("ticketExpired"): throw .loginTicketExpired
        case .other("ended"): throw .sessionAlreadyEnded(newID)
        case .other("taken"): throw .identifierTaken("\(newID)")
        case .other("grantEnded"):
            guard let grant else { throw .unexpectedAnswer(about: keys.session(id)) }
            throw .supportAccessEnded(grant)
        case .other, .underGrant, nil: throw .unexpectedAnswer(about: keys.session(id))
        }
    }

    /// What the script has left behind.
    private func renewed(_ renewal: SessionRenewal, isNew: Bool) async throws(SessionRepositoryError) -> CreatedSession
    {
        let id = renewal.new
        let session: Session?
        let generation: Int64
        do throws(SessionRepositoryError) {
            session = try await find(id, ownedBy: nil)
            generation = isNew ? 0 : try await self.generation(of: id)
        } catch let error where error.deniesAnyEffect {
            // That would say that nothing happened, but the old session has ended.
            throw .timedOut
        } catch {
            throw error
        }
        guard let session, session.isActive else { throw .sessionAlreadyEnded(id) }
        return try await confirmed(session, generation: generation)
    }

    private enum Answer: Hashable, Sendable {
        case superseded(LoginFence)
        case underGrant(String, UserID)
        case other(String)
    }

    private func renew(
        _ renewal: SessionRenewal, under grant: (id: SupportAccessGrantID, latestEnd: Int64)?
    ) async throws(SessionRepositoryError) -> Answer? {
        let (old, new) = (renewal.old, renewal.new)
        return try await run(
            Scripts.renewSession,
            keys: [
                keys.session(old), keys.chain(old), keys.session(new), keys.chain(new),
                keys.everyone(beside: old.value.tag),
            ],
            arguments: [
                old.value.random.text, new.value.random.text, keys.userIndexStem(old.value.tag),
                keys.accountStem(old.value.tag), renewal.lifetime.map(String.init) ?? "",
                renewal.authenticatedAt.map(String.init) ?? "",
                String(policy.terminatedRetention.wholeMilliseconds), Termination.renewedReason,
                grant?.id.description ?? "", grant.map { String($0.latestEnd) } ?? "",
            ] + renewal.ticket.arguments,
            changing: .sessions(old, new),
            journaling: { [self] answer in
                guard answer == .other("renewed") || answer == .other("exists") else { return nil }
                return termination(of: old, owner: nil, by: "", reason: Termination.renewedReason)
            }
        ) { reply -> Answer? in
            switch (reply[0].string, reply[1].string, reply[2].string) {
            case ("superseded", let fence?, _): LoginFence(rawValue: fence).map(Answer.superseded)
            case ("underGrant", let grant?, let user?): .underGrant(grant, UserID(stored: user))
            case (let word?, _, _): .other(word)
            default: nil
            }
        }
    }
}

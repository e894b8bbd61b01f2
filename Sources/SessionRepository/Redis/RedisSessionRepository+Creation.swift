import Foundation
import RedisClient

extension RedisSessionRepository {
    public func createSession(
        _ new: NewSession
    ) async throws(SessionRepositoryError) -> CreatedSession {
        let input = try SessionInput(new, policy: policy)
        var latestEnd: Int64?
        if let grant = new.grantID {
            latestEnd = try await register(new.id, of: new.userID, under: grant)
        }
        let session = try await create(input, latestEnd: latestEnd)
        if let grant = new.grantID, try await !isInForce(grant) {
            // Revoked since: its sessions may have been marked before this one was there.
            _ = try await terminateSession(
                new.id, ownedBy: nil, by: nil, reason: Termination.supportAccessRevokedReason)
            throw .supportAccessEnded(grant)
        }
        return CreatedSession(session: session)
    }

    private enum Answer: Sendable {
        case created(createdAt: Int64, authenticatedAt: Int64, expiresAt: Int64)
        case superseded(notBefore: Int64)
        case other(String)
    }

    private func create(
        _ input: SessionInput, latestEnd: Int64?
    ) async throws(SessionRepositoryError) -> Session {
        let id = input.id
        let tag = id.value.tag
        let answer = try await run(
            Scripts.createSession,
            keys: [keys.session(id), keys.userIndex(input.userID), keys.chain(id), keys.account(input.userID)],
            arguments: [
                id.value.random.text, input.userID.text, String(input.lifetime), String(input.idleTimeout),
                input.authenticatedAt.map(String.init) ?? "", latestEnd.map(String.init) ?? "",
                String(policy.maximumSessionsPerUser), policy.overflow == .refuse ? "refuse" : "terminate",
                String(policy.terminatedRetention.wholeMilliseconds),
                keys.sessionStem(tag), keys.chainStem(tag), Termination.sessionLimitReason,
            ] + input.fields
        ) { reply -> Answer? in
            let numbers = (1...3).map { reply[$0].number }
            switch (reply[0].string, numbers[0], numbers[1], numbers[2]) {
            case ("created", let created?, let authenticated?, let expires?):
                return .created(createdAt: created, authenticatedAt: authenticated, expiresAt: expires)
            case ("superseded", let notBefore?, _, _):
                return .superseded(notBefore: notBefore)
            case (let word?, _, _, _):
                return .other(word)
            default:
                return nil
            }
        }
        switch answer {
        case .created(let createdAt, let authenticatedAt, let expiresAt):
            return input.session(createdAt: createdAt, authenticatedAt: authenticatedAt, expiresAt: expiresAt)
        case .superseded(let notBefore):
            throw .loginSuperseded(notBefore: Date(unixMilliseconds: notBefore))
        case .other("exists"):
            guard let session = try await findSession(id) else { throw .sessionAlreadyEnded(id) }
            return session
        case .other("ended"):
            throw .sessionAlreadyEnded(id)
        case .other("taken"):
            throw .identifierTaken("\(id)")
        case .other("limit"):
            throw .sessionLimitReached(limit: policy.maximumSessionsPerUser)
        case .other("grantEnded"):
            guard let grant = input.grantID else { throw .unexpectedAnswer(about: keys.session(id)) }
            throw .supportAccessEnded(grant)
        case .other, nil:
            throw .unexpectedAnswer(about: keys.session(id))
        }
    }
}

extension RedisReply {
    /// An integer, or a string of digits: Lua hands out fields as strings and numbers as integers.
    var number: Int64? {
        integer ?? string.flatMap(Int64.init)
    }
}

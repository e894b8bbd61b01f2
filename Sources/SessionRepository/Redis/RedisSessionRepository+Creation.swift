import Foundation
import RedisClient

extension RedisSessionRepository {
    func create(
        _ new: NewSession
    ) async throws(SessionRepositoryError) -> CreatedSession {
        var new = new
        new.ipAddress = addresses.take(new.ipAddress)
        let input = try SessionInput(new, policy: policy)
        var latestEnd: Int64?
        if let grant = new.grantID {
            latestEnd = try await register(new.id, of: new.userID, under: grant)
        }
        let session: Session
        let generation: Int64
        do throws(SessionRepositoryError) {
            (session, generation) = try await create(input, latestEnd: latestEnd)
        } catch {
            // It may have happened, and others may have made room for it.
            forget(.all(of: new.userID))
            throw error
        }
        return try await confirmed(session, generation: generation)
    }

    /// Hands out a session that is there now, unless its grant was revoked while it came, and looked for sessions before this
    /// one was there.
    func confirmed(
        _ session: Session, generation: Int64
    ) async throws(SessionRepositoryError) -> CreatedSession {
        do throws(SessionRepositoryError) {
            if let grant = session.grantID, try await !isInForce(grant, for: session.id, of: session.userID) {
                _ = try await terminate(
                    session.id, ownedBy: nil, by: nil, reason: Termination.supportAccessRevokedReason)
                throw .supportAccessEnded(grant)
            }
        } catch let error where error.deniesAnyEffect {
            // That would say that nothing happened, but the session is there.
            throw .timedOut
        } catch {
            throw error
        }
        witness.saw(session)
        let claims = RefreshTokenClaims(sessionID: session.id, generation: generation)
        return CreatedSession(session: session, refreshToken: refreshTokenKeys?.issue(claims))
    }

    private enum Answer: Sendable {
        case created(createdAt: Int64, authenticatedAt: Int64, expiresAt: Int64, madeRoom: [String])
        case superseded(LoginFence)
        case other(String)
    }

    private func create(
        _ input: SessionInput, latestEnd: Int64?
    ) async throws(SessionRepositoryError) -> (Session, generation: Int64) {
        let id = input.id
        let tag = id.value.tag
        let answer = try await run(
            Scripts.createSession,
            keys: [
                keys.session(id), keys.userIndex(input.userID), keys.chain(id), keys.account(input.userID),
                keys.everyone(beside: tag),
            ],
            arguments: [
                id.value.random.text, input.userID.text, String(input.lifetime), String(input.idleTimeout),
                input.authenticatedAt.map(String.init) ?? "", latestEnd.map(String.init) ?? "",
                String(policy.maximumSessionsPerUser), policy.overflow == .refuse ? "refuse" : "terminate",
                String(policy.terminatedRetention.wholeMilliseconds),
                keys.sessionStem(tag), keys.chainStem(tag), Termination.sessionLimitReason,
                input.grantID?.description ?? "",
            ] + input.ticket.arguments + input.fields,
            journaling: { [self] answer in
                guard case .created(_, _, _, let madeRoom) = answer else { return nil }
                return eviction(of: madeRoom, of: input.userID)
            }
        ) { reply -> Answer? in
            let numbers = (1...3).map { reply[$0].decimal }
            switch (reply[0].string, numbers[0], numbers[1], numbers[2]) {
            case ("created", let created?, let authenticated?, let expires?):
                return .created(
                    createdAt: created, authenticatedAt: authenticated, expiresAt: expires,
                    madeRoom: reply.strings(from: 4))
            case (let word?, _, _, _):
                if word == "superseded", let fence = reply[1].string.flatMap(LoginFence.init) {
                    return .superseded(fence)
                }
                return .other(word)
            default:
                return nil
            }
        }
        switch answer {
        case .created(let createdAt, let authenticatedAt, let expiresAt, let madeRoom):
            forget(.session(id))
            for random in madeRoom.compactMap({ RandomPart(base64URL: $0) }) {
                forget(.session(SessionID(TaggedIdentifier(tag: tag, random: random))))
            }
            return (
                input.session(createdAt: createdAt, authenticatedAt: authenticatedAt, expiresAt: expiresAt),
                generation: 0
            )
        case .superseded(let fence):
            throw .loginSuperseded(by: fence)
        case .other("ticketExpired"):
            throw .loginTicketExpired
        case .other("exists"):
            // Perhaps by this very creation, whose answer was lost; others may have made room for it.
            forget(.all(of: input.userID))
            guard let session = try await find(id, ownedBy: nil), session.isActive else {
                throw .sessionAlreadyEnded(id)
            }
            return (session, try await generation(of: id))
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

extension SessionInput {
    /// The fields that the script does not make itself, names and values in turn.
    var fields: [String] {
        let fixed: [(SessionField, String?)] = [
            (.device, deviceName), (.ip, ipAddress), (.agent, userAgent), (.level, level),
            (.methods, methods.isEmpty ? nil : methods.joined(separator: " ")),
        ]
        return fixed.flatMap { field, value in value.map { [field.rawValue, $0] } ?? [] }
            + attributes.sorted { $0.key < $1.key }.flatMap { [SessionField.attributePrefix + $0.key, $0.value] }
    }
}

import Foundation

@testable import SessionRepository

/// Plays steps on one repository.
struct Player {
    let repository: any SessionRepository
    let world: World
    /// The tokens that each session has been given, newest last.
    private var tokens: [Int: [RefreshToken]] = [:]
    /// Of each login, a ticket for each user.
    private var logins: [Int: [LoginTicket]] = [:]

    static let shortLife = Duration.milliseconds(250)

    init(_ repository: any SessionRepository, in world: World) {
        self.repository = repository
        self.world = world
    }

    mutating func play(_ step: Step) async throws -> Observation {
        var seen = Observation()
        do {
            try await play(step, &seen)
        } catch let error as SessionRepositoryError {
            seen.note(error)
        }
        return seen
    }

    private func ticket(_ login: Int?, _ slot: Int) -> LoginTicket {
        login.flatMap { logins[$0]?[Step.user(ofSlot: slot)] } ?? .none
    }

    private mutating func play(_ step: Step, _ seen: inout Observation) async throws {
        switch step {
        case .create(let slot, let lifetime, let grant, let login):
            let created = try await repository.createSession(
                NewSession(
                    userID: world.users[Step.user(ofSlot: slot)], ticket: ticket(login, slot),
                    id: world.sessions[slot], deviceName: "device \(slot)", ipAddress: "203.0.113.1",
                    lifetime: lifetime == .short ? Self.shortLife : .seconds(3600),
                    grantID: grant.map { world.grants[$0] }, attributes: ["slot": "\(slot)"],
                    level: slot.isMultiple(of: 2) ? "low" : nil, methods: slot.isMultiple(of: 3) ? ["pwd"] : []))
            note(created, of: slot, in: &seen)
        case .renew(let slot, let new, let login):
            let outcome = try await repository.renewSession(
                world.sessions[slot], as: world.sessions[new], ticket: ticket(login, slot), authenticatedAt: nil,
                lifetime: nil)
            switch outcome {
            case .renewed(let created): note(created, of: new, in: &seen)
            case .notActive: seen.note("not active")
            }
        case .rotate(let slot, let age, let address):
            guard let history = tokens[slot], history.count > age else { return seen.note("no token") }
            let outcome = try await repository.rotateRefreshToken(
                history[history.count - 1 - age], ipAddress: address ? "203.0.113.9:443" : nil)
            seen.note(outcome.word)
            if let successor = outcome.successor { note(successor, of: slot, in: &seen) }
        case .authorize, .find, .touch, .update, .elevate, .shorten, .list, .terminate, .terminateAll,
            .terminateEveryone,
            .invalidate, .chainState:
            try await playOnSessions(step, &seen)
        case .saveGrant, .extendGrant, .findGrant, .listGrants, .listGrantsTo, .revokeGrant, .revokeGrantsTo, .sweep:
            try await playOnGrants(step, &seen)
        case .beginLogin(let login):
            var tickets: [LoginTicket] = []
            for user in world.users { tickets.append(try await repository.beginLogin(user)) }
            logins[login] = tickets
        case .pause:
            break
        }
    }

    private func playOnSessions(_ step: Step, _ seen: inout Observation) async throws {
        switch step {
        case .authorize(let slot):
            switch try await repository.authorize(world.sessions[slot]) {
            case .active(let session): seen.note(session)
            case .terminated(let termination): seen.note(termination)
            case .unknown: seen.note("unknown")
            case .supportAccessEnded: seen.note("supportAccessEnded")
            }
        case .find(let slot, let owner):
            let session = try await repository.findSession(
                world.sessions[slot], ownedBy: owner.map { world.users[$0] })
            if let session { seen.note(session) } else { seen.note("nil") }
        case .touch(let slot, let address):
            seen.note(
                try await repository.touch(
                    world.sessions[slot], ipAddress: address.map { "203.0.113.\(1 + $0)" }
                ).rawValue)
        case .shorten(let slot, let lifetime):
            switch try await repository.shortenSession(
                world.sessions[slot], for: lifetime == .short ? Self.shortLife : .seconds(1000))
            {
            case .shortened(let end): seen.note("shortened", at: end)
            case .unchanged(let end): seen.note("unchanged", at: end)
            case .notActive: seen.note("not active")
            }
        case .update(let slot, let change):
            note(try await repository.updateSession(world.sessions[slot], change.changes), in: &seen)
        case .elevate(let slot, let lifetime):
            note(
                try await repository.elevateSession(
                    world.sessions[slot], to: "high", methods: ["otp"],
                    for: lifetime == .short ? Self.shortLife : .seconds(600)), in: &seen)
        case .list(let user, let pageSize):
            var cursor: SessionPage.Cursor?
            repeat {
                let page = try await repository.findActiveSessionsByUser(
                    world.users[user], limit: pageSize, after: cursor)
                page.sessions.forEach { seen.note($0) }
                seen.note("end of page")
                cursor = page.next
            } while cursor != nil
        case .terminate(let slot, let owner):
            seen.note(
                try await repository.terminateSession(
                    world.sessions[slot], ownedBy: owner.map { world.users[$0] }, by: "admin", reason: "model"
                ).rawValue)
        case .terminateAll(let user, let kept, let operation):
            let count = try await repository.terminateAllSessionsByUser(
                world.users[user], except: kept.map { world.sessions[$0] }, by: "admin", reason: nil,
                operationID: world.operations[operation])
            seen.note("\(count)")
        case .terminateEveryone(let operation):
            let count = try await repository.terminateAllSessions(
                by: "root", reason: "everyone", operationID: world.operations[operation]
            ) { _ in }
            seen.note("\(count)")
        case .invalidate(let slot):
            seen.note(try await repository.invalidateRefreshTokenChain(world.sessions[slot], reason: nil).rawValue)
        case .chainState(let slot):
            seen.note("\(try await repository.refreshTokenChainState(world.sessions[slot]))")
        default: break
        }
    }

    private func playOnGrants(_ step: Step, _ seen: inout Observation) async throws {
        switch step {
        case .saveGrant(let grant, let lifetime, let named):
            let recipient: NewSupportAccessGrant.Recipient? =
                switch named {
                case .kept: nil
                case .any: .anyAdministrator
                case .admin(let admin): .administrator(world.users[admin])
                }
            seen.note(
                try await repository.saveSupportAccessGrant(
                    NewSupportAccessGrant(
                        organizationID: world.organization, grantedBy: "alice",
                        expiry: .after(lifetime == .short ? Self.shortLife : .seconds(1800)), id: world.grants[grant],
                        grantedTo: recipient)))
        case .extendGrant(let grant, let lifetime):
            seen.note(
                try await repository.extendSupportAccessGrant(
                    world.grants[grant], until: .after(lifetime == .short ? Self.shortLife : .seconds(1800)),
                    by: "carol"))
        case .listGrantsTo(let admin):
            try await repository.listSupportAccessGrants(grantedTo: world.users[admin]).forEach { seen.note($0) }
        case .revokeGrantsTo(let admin):
            seen.note(
                "\(try await repository.revokeSupportAccessGrants(.administrator(world.users[admin]), by: "bob"))")
        case .findGrant(let grant):
            let found = try await repository.findSupportAccessGrant(world.grants[grant])
            if let found { seen.note(found) } else { seen.note("nil") }
        case .listGrants:
            try await repository.listSupportAccessGrants(world.organization).forEach { seen.note($0) }
        case .revokeGrant(let grant):
            seen.note(try await repository.revokeSupportAccessGrant(world.grants[grant], by: "bob").rawValue)
        case .sweep:
            seen.note("\(try await repository.deleteExpiredSupportAccessGrants(of: world.organization))")
        default: break
        }
    }

    private func note(_ outcome: UpdateOutcome, in seen: inout Observation) {
        switch outcome {
        case .updated(let session): seen.note(session)
        case .notActive: seen.note("not active")
        }
    }

    private mutating func note(_ created: CreatedSession, of slot: Int, in seen: inout Observation) {
        seen.note(created.session)
        if let token = created.refreshToken { note(token, of: slot, in: &seen) }
    }

    private mutating func note(_ token: RefreshToken, of slot: Int, in seen: inout Observation) {
        seen.note(token.text)
        if tokens[slot]?.last?.text != token.text { tokens[slot, default: []].append(token) }
    }
}

extension Step.Change {
    fileprivate var changes: SessionChanges {
        switch self {
        case .device: SessionChanges(deviceName: "another device")
        case .noDevice: SessionChanges(deviceName: "")
        case .agent: SessionChanges(userAgent: "App/2")
        case .attribute: SessionChanges(attributes: ["theme": "dark"])
        case .noAttribute: SessionChanges(attributes: ["theme": nil])
        case .both: SessionChanges(deviceName: "a third", attributes: ["slot": nil, "plan": "pro"])
        }
    }
}

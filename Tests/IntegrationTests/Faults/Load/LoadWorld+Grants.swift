@testable import SessionRepository

extension LoadWorld {
    private func anyGrant() -> SupportAccessGrantID? { pick { $0.grants.keys.randomElement() } }

    /// Saves a new one or, when there are enough, one of those there are again.
    func saveGrant() async throws(SessionRepositoryError) {
        let new = pick { state -> NewSupportAccessGrant? in
            if let again = state.savings.popLast() { return again }
            guard let organization = organizations.randomElement() else { return nil }
            guard state.grants.count >= size.maximumGrants, let (id, owner) = state.grants.randomElement() else {
                return NewSupportAccessGrant(
                    organizationID: organization, grantedBy: "load", expiry: .after(.seconds(3600)),
                    grantedTo: .anyAdministrator)
            }
            return NewSupportAccessGrant(
                organizationID: owner, grantedBy: "load", expiry: .after(.seconds(3600)), id: id,
                grantedTo: .anyAdministrator)
        }
        guard let new else { return }
        do throws(SessionRepositoryError) {
            _ = try await repository.saveSupportAccessGrant(new)
            pick { $0.grants[new.id] = new.organizationID }
        } catch {
            if error.leavesItOpen { pick { $0.savings.append(new) } }
            throw error
        }
    }

    func extendGrant() async throws(SessionRepositoryError) {
        guard let id = anyGrant() else { return }
        _ = try await repository.extendSupportAccessGrant(id, until: .after(.seconds(3600)))
    }

    /// All grants here are to any administrator.
    func revokeGrantsToNobody() async throws(SessionRepositoryError) {
        _ = try await repository.revokeSupportAccessGrants(.administrator(admin), by: nil)
    }

    func findGrant() async throws(SessionRepositoryError) {
        guard let id = anyGrant() else { return }
        try await lookAtGrant(id)
    }

    func lookAtGrant(_ id: SupportAccessGrantID) async throws(SessionRepositoryError) {
        _ = try await recorder.record({ (found: SupportAccessGrant?) in .grant(id, isInForce: found != nil) }) {
            () throws(SessionRepositoryError) in
            try await repository.findSupportAccessGrant(id)
        }
    }

    func listGrants() async throws(SessionRepositoryError) {
        guard let organization = organizations.randomElement() else { return }
        let known = pick { $0.grants.filter { $0.value == organization }.map(\.key) }
        _ = try await recorder.record(
            { (list: [SupportAccessGrant]) in
                let shown = Set(list.map(\.id))
                return known.map { .grant($0, isInForce: shown.contains($0)) }
            }, attempting: []
        ) { () throws(SessionRepositoryError) in
            try await repository.listSupportAccessGrants(organization)
        }
    }

    func findActiveSupportAccess() async throws(SessionRepositoryError) {
        guard let organization = organizations.randomElement() else { return }
        _ = try await recorder.record(
            { (found: SupportAccessGrant?) in found.map { [.grant($0.id, isInForce: true)] } ?? [] }, attempting: []
        ) { () throws(SessionRepositoryError) in
            try await repository.findActiveSupportAccess(organization: organization, admin: admin)
        }
    }

    func revokeGrant() async throws(SessionRepositoryError) {
        guard let id = anyGrant() else { return }
        _ = try await recorder.record({ (_: RevocationOutcome) in [.revoked(id)] }, attempting: [.grant(id)]) {
            () throws(SessionRepositoryError) in
            try await repository.revokeSupportAccessGrant(id)
        }
    }

    func createSupportSession() async throws(SessionRepositoryError) {
        guard let grant = anyGrant(), pick({ $0.supportSessions.count }) < size.maximumSessions else { return }
        let new = NewSession(userID: admin, ticket: .none, grantID: grant)
        recorder.open(new.id, under: grant)
        _ = try await recorder.record({ (_: CreatedSession) in .created(new.id, new.userID) }) {
            () throws(SessionRepositoryError) in
            try await repository.createSession(new)
        }
        pick { $0.supportSessions.append(new.id) }
    }

    func authorizeSupportSession() async throws(SessionRepositoryError) {
        guard let id = pick({ $0.supportSessions.randomElement() }) else { return }
        try await look(at: id)
    }
}

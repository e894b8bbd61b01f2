import Foundation
import SessionRepository

extension Story {
    func grantSupportAccess() async throws {
        narrator.heading("6. \(cast.organization) lets support in, for three seconds")
        let grant = try await repository.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: cast.organization, grantedBy: cast.user.description, expiry: .after(.seconds(3)),
                id: cast.grant, grantedTo: .administrator(cast.administrator), reason: "invoices do not add up"))
        try await narrator.show("HGETALL", keys.grant(grant.id))
        let session = NewSession(
            userID: cast.administrator, ticket: .none, id: cast.support, deviceName: "support desk", grantID: grant.id)
        _ = try await repository.createSession(session)
        narrator.say("\(cast.administrator) opens session \(cast.support) under it.")
        try await sayAuthorization(of: cast.support)
        try await watchItExpire(grant)
        narrator.say("findSupportAccessGrant: nil")
        try await narrator.show("PTTL", keys.grant(grant.id))
        narrator.say("With the grant went what was opened under it:")
        try await sayAuthorization(of: cast.support)
    }

    /// One look a second, until Redis says that it is gone.
    private func watchItExpire(_ grant: SupportAccessGrant) async throws {
        while let found = try await repository.findSupportAccessGrant(grant.id) {
            let remaining = found.expiresAt.timeIntervalSince(try await repository.currentTime())
            narrator.say("findSupportAccessGrant: in force for another \(Int(remaining * 1000)) ms")
            try await narrator.show("PTTL", keys.grant(grant.id))
            try await Task.sleep(for: .milliseconds(min(900, max(5, Int(remaining * 1000)))))
        }
    }
}

import Foundation
import Testing

@testable import SessionRepository

/// A reader that knows nothing but the key space's description ("Reading and writing from elsewhere").
private struct OtherReader {
    let store: Store

    func isActive(_ session: String) async throws -> Bool {
        let prefix = store.prefix
        func key(_ kind: String, _ id: String) -> String {
            let parts = id.split(separator: ".", maxSplits: 1)
            return "\(prefix):\(kind):{\(parts[0])}.\(parts[1])"
        }
        func proves(_ value: String?, _ id: String) -> Bool { value == String(id.split(separator: ".")[1].prefix(8)) }
        let record = try await store.hash(key("session", session))
        guard record["state"] == "active", proves(record["id"], session) else { return false }
        guard let id = record["grant"] else { return true }
        let grant = try await store.hash(key("grant", id))
        guard proves(grant["id"], id), grant["organization"] != nil else { return false }
        guard grant["grantedTo"] == nil || grant["grantedTo"] == record["user"] else { return false }
        return try await store.redis.send("SISMEMBER", key("grant-sessions", id), session) == .integer(1)
    }
}

@Suite("A reader in another language")
struct OtherReaderTests {
    @Test("comes to what authorize says, through all that can happen to a support session")
    func transitions() async throws {
        try await withStore { store in
            let (repository, reader) = (store.repository, OtherReader(store: store))
            let (anna, bert) = (try store.user("anna"), try store.user("bert"))
            let grant = try await store.grant()
            let own = try await store.create(for: anna)
            var sessions = [own.id]
            for user in [anna, bert, anna] {
                sessions.append(try await store.supportSession(of: user, under: grant.id).id)
            }
            func active(_ step: Comment) async throws -> Set<Int> {
                var active: Set<Int> = []
                for (number, id) in sessions.enumerated() {
                    let isActive = try await repository.authorize(id).session != nil
                    #expect(try await reader.isActive(id.description) == isActive, step)
                    if isActive { active.insert(number) }
                }
                return active
            }
            #expect(try await active("opened") == [0, 1, 2, 3])
            try await store.grant(to: anna, id: grant.id)
            #expect(try await active("given to one") == [0, 1, 3])
            _ = try await repository.terminateSession(sessions[3])
            #expect(try await active("one terminated") == [0, 1])
            try await store.grant(to: bert, id: grant.id)
            sessions.append(try await store.supportSession(of: bert, under: grant.id).id)
            #expect(try await active("given to another") == [0, 4])
            try await store.grant(to: anna, id: grant.id)
            #expect(try await active("given back") == [0])
            try await store.grant(id: grant.id)
            sessions.append(try await store.supportSession(of: bert, under: grant.id).id)
            #expect(try await active("given to any") == [0, 5])
            // A revocation, and an expiry, before any session is marked.
            let record = try await store.hash(store.keys.grant(grant.id))
            try await store.redis.send("DEL", store.keys.grant(grant.id))
            #expect(try await active("gone") == [0])
            for (field, value) in record {
                try await store.redis.send("HSET", store.keys.grant(grant.id), field, value)
            }
            try await store.redis.send("PEXPIRE", store.keys.grant(grant.id), "600000")
            #expect(try await active("there again") == [0, 5])
            try await store.redis.send("DEL", store.keys.grantSessions(grant.id))
            #expect(try await active("without its sessions") == [0])
            _ = try await repository.revokeSupportAccessGrant(grant.id)
            #expect(try await active("revoked") == [0])
            _ = try await repository.terminateAllSessionsByUser(anna)
            _ = try await repository.terminateAllSessionsByUser(bert)
            #expect(try await active("all terminated").isEmpty)
        }
    }
}

import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: events", .timeLimit(.minutes(2)))
struct EventConformance {
    @Test("Each change is told once, in order", arguments: Implementation.withSteadyEvents)
    func order(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            var events = try await repository.events().makeAsyncIterator()
            let first = try await subject.create(for: user)
            _ = try await repository.invalidateRefreshTokenChain(first.id)
            let second = try #require(try await repository.renewSession(first.id, ticket: .none).created).session
            _ = try await repository.terminateSession(second.id, by: "admin")
            _ = try await repository.terminateSession(second.id, by: "admin")
            let grant = try await subject.grant()
            _ = try await repository.revokeSupportAccessGrant(grant.id)
            _ = try await repository.revokeSupportAccessGrant(grant.id)
            let third = try await subject.create(for: user)
            _ = try await repository.terminateAllSessions(by: "root")
            var heard: [String] = []
            while heard.count < 9, case .event(let event)? = try await events.next() {
                let subject = event.sessionID?.description ?? event.grantID?.description ?? ""
                heard.append("\(event.kind) \(subject) \(event.by ?? "")")
            }
            let told = [
                "sessionCreated \(first.id) ", "chainInvalidated \(first.id) ", "sessionCreated \(second.id) ",
                "sessionTerminated \(first.id) ", "sessionTerminated \(second.id) admin",
                "grantSaved \(grant.id) alice", "grantRevoked \(grant.id) ", "sessionCreated \(third.id) ",
                "sessionTerminated \(third.id) root",
            ]
            // In a cluster they come from different masters, and nothing orders those.
            #expect(implementation.isCluster ? heard.sorted() == told.sorted() : heard == told, "\(heard)")
        }
    }

    @Test("Expiry is told when somebody looks", arguments: Implementation.withSteadyEvents)
    func expiry(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            try await subject.create(for: user)
            var new = subject.session(for: user)
            new.lifetime = .milliseconds(10)
            _ = try await repository.createSession(new)
            try await subject.letPass(.milliseconds(12))
            var events = try await repository.events().makeAsyncIterator()
            _ = try await repository.findActiveSessionsByUser(user)
            while true {
                guard case .event(let event)? = try await events.next() else {
                    Issue.record("an event was expected")
                    return
                }
                // Nodes of a cluster tell each other, and then us, when they get to it.
                if implementation.isCluster, event.kind == .sessionCreated { continue }
                #expect(event.kind == .sessionExpired)
                #expect(event.sessionID == new.id)
                #expect(event.userID == user)
                break
            }
        }
    }
}

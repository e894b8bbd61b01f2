import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: lifetimes")
struct LifetimeConformance {
    @Test("A session shows its idle end, which moves with activity", arguments: Implementation.allCases)
    func idleEnd(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withSubject(implementation, policy: policy) { subject in
            let repository = subject.repository
            let usual = try await subject.create(for: try subject.user())
            #expect(usual.idleExpiresAt.timeIntervalSince(usual.createdAt) == 14 * 86_400)
            var new = subject.session(for: usual.userID)
            (new.lifetime, new.idleTimeout) = (.seconds(100), .seconds(60))
            let session = try await repository.createSession(new).session
            #expect(session.idleExpiresAt.timeIntervalSince(session.createdAt) == 60)
            #expect(try await repository.authorize(session.id).session?.idleExpiresAt == session.idleExpiresAt)
            try await subject.letPass(.milliseconds(2))
            #expect(try await repository.touch(session.id) == .recorded)
            let touched = try #require(try await repository.findSession(session.id))
            #expect(touched.idleExpiresAt > session.idleExpiresAt)
            #expect(touched.idleExpiresAt.timeIntervalSince(touched.lastActivityAt) == 60)
            // Never later than the absolute end.
            new = subject.session(for: usual.userID)
            (new.lifetime, new.idleTimeout) = (.seconds(50), .seconds(60))
            let short = try await repository.createSession(new).session
            #expect(short.idleExpiresAt == short.expiresAt)
            let listed = try await repository.findActiveSessionsByUser(usual.userID)
            #expect(Set(listed) == [usual, touched, short])
        }
    }

    @Test(
        "A renewed session lives as long as the old one was given, unless told otherwise",
        arguments: Implementation.allCases)
    func renewal(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            for lifetime in [nil, .seconds(3600), .seconds(60 * 86_400)] as [Duration?] {
                var new = subject.session(for: try subject.user())
                (new.lifetime, new.idleTimeout) = (lifetime, .seconds(600))
                let old = try await repository.createSession(new).session
                try await subject.letPass(.milliseconds(3))
                let renewed = try #require(try await repository.renewSession(old.id, ticket: .none).created).session
                let expected = lifetime.map { $0 / .seconds(1) } ?? 30 * 86_400
                #expect(renewed.expiresAt.timeIntervalSince(renewed.createdAt) == expected)
                #expect(renewed.idleExpiresAt.timeIntervalSince(renewed.createdAt) == 600)
                #expect(try await repository.findSession(renewed.id) == renewed)
            }
        }
    }

    @Test("A session that is shortened ends then, and is never lengthened", arguments: Implementation.allCases)
    func shorten(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            _ = try await repository.authorize(session.id)
            let before = try await repository.currentTime()
            let outcome = try await repository.shortenSession(session.id, for: .seconds(60))
            guard case .shortened(let end) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(end >= before + 60 && end < before + 120)
            let found = try #require(try await repository.authorize(session.id).session)
            #expect(found.expiresAt == end)
            #expect(found.idleExpiresAt == end)
            #expect(found.lastActivityAt == session.lastActivityAt)
            #expect(try await repository.shortenSession(session.id, for: .seconds(600)) == .unchanged(expiresAt: end))
            guard case .shortened(let earlier) = try await repository.shortenSession(session.id, for: .milliseconds(40))
            else {
                Issue.record("an earlier end must count")
                return
            }
            #expect(earlier < end)
            try await subject.letPass(.milliseconds(42))
            #expect(try await repository.authorize(session.id) == .unknown)
            #expect(try await repository.findActiveSessionsByUser(session.userID).isEmpty)
            #expect(try await repository.shortenSession(session.id, for: .seconds(1)) == .notActive)
            let ended = try await subject.create(for: session.userID)
            _ = try await repository.terminateSession(ended.id)
            #expect(try await repository.shortenSession(ended.id, for: .seconds(1)) == .notActive)
            #expect(try await repository.findSession(ended.id)?.expiresAt == ended.expiresAt)
        }
    }

    @Test(
        "A shortened session is idle no later than before, and activity does not move its end",
        arguments: Implementation.allCases)
    func shortenIdle(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withSubject(implementation, policy: policy) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            new.idleTimeout = .seconds(60)
            let session = try await repository.createSession(new).session
            guard case .shortened(let end) = try await repository.shortenSession(session.id, for: .seconds(90)) else {
                Issue.record("it must be shortened")
                return
            }
            let shortened = try #require(try await repository.findSession(session.id))
            #expect(shortened.idleExpiresAt == session.idleExpiresAt)
            #expect(shortened.expiresAt == end)
            try await subject.letPass(.milliseconds(2))
            #expect(try await repository.touch(session.id) == .recorded)
            let touched = try #require(try await repository.findSession(session.id))
            #expect(touched.expiresAt == end)
            #expect(touched.idleExpiresAt > session.idleExpiresAt)
            #expect(try await repository.findActiveSessionsByUser(session.userID) == [touched])
        }
    }

    @Test("A session under a grant is shortened like any other; its grant goes on", arguments: Implementation.allCases)
    func shortenSupport(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let grant = try await subject.grant()
            let session = try await repository.createSession(
                NewSession(userID: try subject.user("admin"), ticket: .none, grantID: grant.id)
            ).session
            guard case .shortened(let end) = try await repository.shortenSession(session.id, for: .seconds(60)) else {
                Issue.record("it must be shortened")
                return
            }
            #expect(try await repository.authorize(session.id).session?.expiresAt == end)
            #expect(try await repository.findSupportAccessGrant(grant.id) == grant)
        }
    }
}

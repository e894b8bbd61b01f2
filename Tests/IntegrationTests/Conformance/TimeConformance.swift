import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: time and policy")
struct TimeConformance {
    @Test("A session ends at its absolute end, however active", arguments: Implementation.allCases)
    func absolute(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withSubject(implementation, policy: policy) { subject in
            var new = subject.session(for: try subject.user())
            new.lifetime = .milliseconds(200)
            let session = try await subject.repository.createSession(new).session
            _ = try await subject.repository.touch(session.id)
            try await subject.letPass(.milliseconds(202))
            #expect(try await subject.repository.authorize(session.id) == .unknown)
            #expect(try await subject.repository.findActiveSessionsByUser(session.userID).isEmpty)
            #expect(try await subject.repository.touch(session.id) == .notActive)
            #expect(try await subject.repository.terminateSession(session.id) == .unknown)
        }
    }

    @Test("Touching moves the idle end and records the address", arguments: Implementation.allCases)
    func idle(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        policy.idleTimeout = .seconds(3)
        try await withSubject(implementation, policy: policy) { subject in
            let repository = subject.repository
            // A machine that is seconds late proves nothing: then once more.
            for _ in 0..<20 {
                let session = try await subject.create(for: try subject.user())
                try await subject.letPass(.milliseconds(1500))
                let before = try await repository.currentTime()
                let outcome = try await repository.touch(session.id, ipAddress: "203.0.113.99")
                let after = try await repository.currentTime()
                try await subject.letPass(.milliseconds(2000))
                let touched = try await repository.authorize(session.id).session
                let end = try await repository.currentTime()
                guard after < session.createdAt + 3, end < before + 3 else { continue }
                #expect(outcome == .recorded)
                #expect(touched?.ipAddress == "203.0.113.99")
                #expect(touched?.lastActivityAt ?? session.createdAt >= before)
                try await subject.letPass(.milliseconds(3002))
                #expect(try await repository.authorize(session.id) == .unknown)
                return
            }
            Issue.record("the machine was never in time")
        }
    }

    @Test("Activity within the resolution is recorded once", arguments: Implementation.allCases)
    func resolution(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let session = try await subject.create(for: try subject.user())
            #expect(try await subject.repository.touch(session.id) == .recent)
            #expect(try await subject.repository.touch(session.id, ipAddress: session.ipAddress) == .recent)
            #expect(try await subject.repository.findSession(session.id) == session)
        }
    }

    @Test("The limit ends the least recently active, or refuses", arguments: Implementation.allCases)
    func limit(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.maximumSessionsPerUser = 3
        policy.activityResolution = .zero
        try await withSubject(implementation, policy: policy) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            var sessions: [Session] = []
            for _ in 0..<3 {
                sessions.append(try await subject.create(for: user))
                try await subject.letPass(.milliseconds(2))
            }
            _ = try await repository.touch(sessions[0].id)
            let fourth = try await subject.create(for: user)
            let active = Set(try await repository.findActiveSessionsByUser(user).map(\.id))
            #expect(active == [sessions[0].id, sessions[2].id, fourth.id])
            let termination = try await repository.authorize(sessions[1].id).termination
            #expect(termination?.reason == Termination.sessionLimitReason)
        }
        policy.overflow = .refuse
        try await withSubject(implementation, policy: policy) { subject in
            let user = try subject.user()
            for _ in 0..<3 { try await subject.create(for: user) }
            await #expect(throws: SessionRepositoryError.sessionLimitReached(limit: 3)) {
                try await subject.create(for: user)
            }
            #expect(try await subject.repository.findActiveSessionsByUser(user).count == 3)
        }
    }

    @Test("A long list comes in pages, latest activity first", arguments: Implementation.allCases)
    func pages(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            for number in 0..<7 {
                try await subject.create(for: user)
                if number.isMultiple(of: 3) { try await subject.letPass(.milliseconds(2)) }
            }
            let all = try await repository.findActiveSessionsByUser(user)
            #expect(all.count == 7)
            #expect(all.map(\.lastActivityAt) == all.map(\.lastActivityAt).sorted(by: >))
            var paged: [Session] = []
            var cursor: SessionPage.Cursor?
            repeat {
                let page = try await repository.findActiveSessionsByUser(user, limit: 3, after: cursor)
                #expect(page.sessions.count <= 3)
                paged += page.sessions
                cursor = page.next
            } while cursor != nil
            #expect(paged == all)
        }
    }

    @Test("The store's clock goes on", arguments: Implementation.allCases)
    func clock(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let before = try await subject.repository.currentTime()
            try await subject.letPass(.milliseconds(5))
            #expect(try await subject.repository.currentTime() >= before + 0.005)
        }
    }
}

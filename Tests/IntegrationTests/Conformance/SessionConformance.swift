import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: sessions")
struct SessionConformance {
    @Test("A created session is found, authorized and listed", arguments: Implementation.allCases)
    func create(_ implementation: Implementation) async throws {
        try await withSubject(implementation, attributes: ["tenant"]) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            new.attributes["secret"] = "not for authorize"
            new.ipAddress = "2001:DB8::1"
            new.deviceName = String(repeating: "é", count: 200)
            let before = try await repository.currentTime()
            let created = try await repository.createSession(new)
            #expect(created.refreshToken == nil)
            let session = created.session
            #expect(session.id == new.id)
            #expect(session.ipAddress == "2001:db8::1")
            #expect(session.deviceName?.utf8.count == 256)
            #expect(session.createdAt >= before)
            #expect(session.authenticatedAt == session.createdAt)
            #expect(session.lastActivityAt == session.createdAt)
            #expect(session.expiresAt.timeIntervalSince(session.createdAt) == 30 * 86_400)
            #expect(try await repository.findSession(new.id) == session)
            #expect(try await repository.authorize(new.id).session?.attributes == ["tenant": "acme"])
            #expect(try await repository.findActiveSessionsByUser(new.userID) == [session])
        }
    }

    @Test(
        "Creating twice with one ID creates once; with one that ended it is refused", arguments: Implementation.allCases
    )
    func createTwice(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let new = subject.session(for: try subject.user())
            let first = try await subject.repository.createSession(new).session
            #expect(try await subject.repository.createSession(new).session == first)
            #expect(try await subject.repository.findActiveSessionsByUser(new.userID).count == 1)
            _ = try await subject.repository.terminateSession(new.id)
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(new.id)) {
                try await subject.repository.createSession(new)
            }
        }
    }

    @Test("What breaks a limit is refused by name of the field", arguments: Implementation.allCases)
    func limits(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let user = try subject.user()
            let repository = subject.repository
            func field(_ change: (inout NewSession) -> Void) async -> String? {
                var new = subject.session(for: user)
                change(&new)
                return await refusedField { () throws(SessionRepositoryError) in try await repository.createSession(new)
                }
            }
            #expect(await field { $0.lifetime = .zero } == "lifetime")
            #expect(await field { $0.idleTimeout = .seconds(401 * 86_400) } == "idle timeout")
            #expect(await field { $0.attributes = ["": "x"] } == "attribute name")
            #expect(await field { $0.authenticatedAt = .distantFuture.addingTimeInterval(1e12) } == "authenticatedAt")
            let other = SessionID(for: try subject.user("other"))
            #expect(await field { $0.id = other } == "session ID")
            let id = SessionID(for: user)
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.findActiveSessionsByUser(user, limit: 0, after: nil)
                } == "limit")
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.terminateSession(id, by: "a\u{0}")
                } == "by")
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.terminateSession(id, by: nil, reason: String(repeating: "x", count: 513))
                } == "reason")
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.terminateAllSessionsByUser(user, except: other)
                } == "session to keep")
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.shortenSession(id, for: .zero)
                } == "duration")
            #expect(
                await refusedField { () throws(SessionRepositoryError) in
                    try await repository.renewSession(id, as: other, ticket: .none, authenticatedAt: nil, lifetime: nil)
                } == "new session ID")
            #expect(try await repository.findActiveSessionsByUser(user).isEmpty)
        }
    }

    private func refusedField<Value>(
        of body: () async throws(SessionRepositoryError) -> Value
    ) async -> String? {
        guard case .invalidInput(let field, _) = await failure(of: body) else { return nil }
        return field
    }

    @Test("Unknown is an answer everywhere", arguments: Implementation.allCases)
    func unknown(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            let id = SessionID(for: user)
            #expect(try await repository.findSession(id) == nil)
            #expect(try await repository.authorize(id) == .unknown)
            #expect(try await repository.touch(id) == .notActive)
            #expect(try await repository.terminateSession(id) == .unknown)
            #expect(try await repository.findActiveSessionsByUser(user).isEmpty)
            #expect(try await repository.terminateAllSessionsByUser(user) == 0)
            #expect(try await repository.refreshTokenChainState(id) == .valid)
            guard case .notActive = try await repository.renewSession(id, ticket: .none) else {
                Issue.record("an unknown session cannot be renewed")
                return
            }
        }
    }

    @Test(
        "A terminated session says who, when and why, stays so, and goes after its retention",
        arguments: Implementation.allCases)
    func terminate(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            let other = try subject.user("other")
            #expect(try await repository.terminateSession(session.id, ownedBy: other) == .unknown)
            #expect(try await repository.terminateSession(session.id, by: "admin", reason: "lost") == .terminated)
            let termination = try #require(try await repository.authorize(session.id).termination)
            #expect(termination.by == "admin")
            #expect(termination.reason == "lost")
            #expect(termination.at >= session.createdAt)
            #expect(try await repository.terminateSession(session.id, by: "other") == .alreadyTerminated)
            #expect(try await repository.authorize(session.id) == .terminated(termination))
            #expect(try await repository.touch(session.id) == .notActive)
            #expect(try await repository.findSession(session.id)?.state == .terminated(termination))
            #expect(try await repository.findSession(session.id, ownedBy: other) == nil)
            #expect(try await repository.findActiveSessionsByUser(session.userID).isEmpty)
            #expect(try await repository.refreshTokenChainState(session.id) == .invalidated(reason: "lost"))
        }
    }

    @Test(
        "All sessions end, or all but one; the same operation is answered with its first result",
        arguments: Implementation.allCases)
    func terminateAll(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            var sessions: [Session] = []
            for _ in 0..<4 { sessions.append(try await subject.create(for: user)) }
            let bystander = try await subject.create(for: try subject.user("other"))
            let operation = OperationID()
            func end() async throws -> Int {
                try await repository.terminateAllSessionsByUser(
                    user, except: sessions[2].id, by: "admin", reason: "lost", operationID: operation)
            }
            #expect(try await end() == 3)
            #expect(try await repository.findActiveSessionsByUser(user).map(\.id) == [sessions[2].id])
            let new = try await subject.create(for: user)
            #expect(try await end() == 3)
            #expect(try await repository.authorize(new.id).session != nil)
            #expect(try await repository.authorize(sessions[0].id).termination?.by == "admin")
            #expect(try await repository.authorize(bystander.id).session != nil)
            #expect(try await repository.terminateAllSessionsByUser(user) == 2)
        }
    }

    @Test("Everyone's sessions end, those that log in later stay", arguments: Implementation.allCases)
    func everyone(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let users = try (0..<5).map { try subject.user("user \($0)") }
            var sessions: [Session] = []
            for number in 0..<10 { sessions.append(try await subject.create(for: users[number % 5])) }
            var early = subject.session(for: try subject.user("early"))
            early.ticket = try await repository.beginLogin(early.userID)
            let operation = OperationID()
            var progress: EveryoneOutProgress?
            let count = try await repository.terminateAllSessions(
                by: "root", reason: "breach", operationID: operation
            ) { progress = $0 }
            #expect(count == 10)
            #expect(progress == EveryoneOutProgress(users: 5, terminated: 10, fraction: 1))
            for session in sessions {
                let authorization = try await repository.authorize(session.id)
                #expect(authorization.termination?.reason == "breach", "\(authorization)")
            }
            let error = await failure { () throws(SessionRepositoryError) in
                try await repository.createSession(early)
            }
            #expect(error == .loginSuperseded(by: .everyoneOut))
            #expect(try await repository.authorize(early.id).session == nil)
            let later = try await subject.create(for: users[0])
            // The same operation again ends nothing that began since.
            #expect(
                try await repository.terminateAllSessions(by: nil, reason: nil, operationID: operation) { _ in } == 0)
            #expect(try await repository.authorize(later.id).session != nil)
            let last = try await repository.terminateAllSessions()
            // An answer that is lost with its master is asked for again, and the session has ended by then.
            #expect(last == 1 || last == 0 && implementation == .clusterLosingMasters)
            #expect(try await repository.authorize(later.id).session == nil)
        }
    }

    @Test(
        "A renewed session goes on under a new ID with all it had, and the old one ends",
        arguments: Implementation.allCases)
    func renew(_ implementation: Implementation) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withSubject(implementation, tokens: tokens) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            new.lifetime = .seconds(60)
            new.idleTimeout = .seconds(30)
            let created = try await repository.createSession(new)
            let (old, token) = (created.session, try #require(created.refreshToken))
            _ = try await repository.rotateRefreshToken(token)
            try await subject.letPass(.milliseconds(2))
            let newID = SessionID(renewing: old.id)
            func renew() async throws -> RenewalOutcome {
                try await repository.renewSession(
                    old.id, as: newID, ticket: .none, authenticatedAt: nil,
                    lifetime: .seconds(600))
            }
            let renewed = try #require(try await renew().created)
            let session = renewed.session
            #expect(session.id == newID)
            #expect(session.deviceName == old.deviceName)
            #expect(session.attributes == old.attributes)
            #expect(session.createdAt > old.createdAt)
            #expect(session.authenticatedAt == session.createdAt)
            #expect(session.expiresAt.timeIntervalSince(session.createdAt) == 600)
            #expect(try await repository.findSession(newID) == session)
            #expect(try await repository.findActiveSessionsByUser(old.userID) == [session])
            let termination = try await repository.authorize(old.id).termination
            #expect(termination?.reason == Termination.renewedReason)
            #expect(try await repository.rotateRefreshToken(token).word == "invalidated")
            // A lost reply: the same again, with a token of the chain as it stands.
            let again = try #require(try await renew().created)
            #expect(again.session == session)
            #expect(again.refreshToken?.text == renewed.refreshToken?.text)
            let next = try #require(renewed.refreshToken)
            #expect(try await repository.rotateRefreshToken(next).word == "rotated")
            guard case .notActive = try await repository.renewSession(old.id, ticket: .none) else {
                Issue.record("an ended session cannot be renewed")
                return
            }
            await #expect(throws: SessionRepositoryError.identifierTaken("\(newID)")) {
                let other = try await subject.create(for: old.userID)
                _ = try await repository.renewSession(
                    other.id, as: newID, ticket: .none, authenticatedAt: nil, lifetime: nil)
            }
            _ = try await repository.terminateSession(newID)
            await #expect(throws: SessionRepositoryError.sessionAlreadyEnded(newID)) { try await renew() }
        }
    }

}

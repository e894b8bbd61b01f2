import Foundation
import Testing

@testable import SessionRepository

@Suite("What every session repository does: logins that begin before sessions end", .timeLimit(.minutes(5)))
struct LoginConformance {
    private func create(
        for user: UserID, _ ticket: LoginTicket, at subject: Subject
    ) async throws(SessionRepositoryError) -> Session {
        var new = subject.session(for: user)
        new.ticket = ticket
        return try await subject.repository.createSession(new).session
    }

    @Test("One that began before its user's sessions ended is refused", arguments: Implementation.allCases)
    func bulkTermination(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            for _ in 0..<3 {
                let early = try await repository.beginLogin(user)
                _ = try await repository.terminateAllSessionsByUser(user)
                let late = try await repository.beginLogin(user)
                let error = await failure { () throws(SessionRepositoryError) in
                    try await create(for: user, early, at: subject)
                }
                #expect(error == .loginSuperseded(by: .bulkTermination))
                #expect(try await repository.findActiveSessionsByUser(user).isEmpty)
                let session = try await create(for: user, late, at: subject)
                #expect(try await repository.authorize(session.id).session != nil)
            }
        }
    }

    @Test("One without a ticket is let in, whatever was ended", arguments: Implementation.allCases)
    func none(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            _ = try await repository.terminateAllSessionsByUser(user)
            _ = try await repository.terminateAllSessions()
            let session = try await create(for: user, .none, at: subject)
            #expect(try await repository.authorize(session.id).session != nil)
        }
    }

    @Test("Other users' logins are untouched by the end of one user's sessions", arguments: Implementation.allCases)
    func otherUsers(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, bob) = (subject.repository, try subject.user("bob"))
            let ticket = try await repository.beginLogin(bob)
            _ = try await repository.terminateAllSessionsByUser(try subject.user("alice"))
            let session = try await create(for: bob, ticket, at: subject)
            #expect(try await repository.authorize(session.id).session != nil)
        }
    }

    @Test("A ticket of another user's login is no input", arguments: Implementation.allCases)
    func foreign(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, bob) = (subject.repository, try subject.user("bob"))
            let ticket = try await repository.beginLogin(try subject.user("alice"))
            await #expect(
                throws: SessionRepositoryError.invalidInput(
                    field: "login ticket", problem: "it is of another user's login")
            ) { try await create(for: bob, ticket, at: subject) }
        }
    }

    @Test("A ticket survives as text, for a login that spans redirects", arguments: Implementation.allCases)
    func text(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            _ = try await repository.terminateAllSessionsByUser(user)
            _ = try await repository.terminateAllSessions()
            let ticket = try await repository.beginLogin(user)
            let copy = try LoginTicket(ticket.description)
            #expect(copy == ticket)
            _ = try await create(for: user, copy, at: subject)
            _ = try await repository.terminateAllSessionsByUser(user)
            let error = await failure { () throws(SessionRepositoryError) in
                try await create(for: user, copy, at: subject)
            }
            #expect(error == .loginSuperseded(by: .bulkTermination))
        }
    }

    @Test("One that began more than a day ago is refused", arguments: Implementation.allCases)
    func expired(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            let now = try #require(try await repository.currentTime().unixMilliseconds)
            func ticket(_ age: Int64) -> LoginTicket {
                LoginTicket(user: user, begun: now - age, userEpoch: "", everyoneEpoch: "")
            }
            let day: Int64 = 86_400_000
            for age in [day + 1, -day - 60_000] {
                let error = await failure { () throws(SessionRepositoryError) in
                    try await create(for: user, ticket(age), at: subject)
                }
                #expect(error == .loginTicketExpired)
            }
            _ = try await create(for: user, ticket(day - 60_000), at: subject)
            // As when a clock was set back.
            _ = try await create(for: user, ticket(-day + 60_000), at: subject)
        }
    }

    @Test("A repeated creation is answered with its session, whatever ended since", arguments: Implementation.allCases)
    func repeated(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            var new = subject.session(for: user)
            new.ticket = try await repository.beginLogin(user)
            let created = try await repository.createSession(new).session
            #expect(try await repository.terminateAllSessionsByUser(user, except: new.id) == 0)
            #expect(try await repository.createSession(new).session == created)
        }
    }

    @Test("A time of authentication is recorded and decides nothing", arguments: Implementation.allCases)
    func authenticatedAt(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            let early = try await repository.currentTime()
            try await subject.letPass(.milliseconds(2))
            _ = try await repository.terminateAllSessionsByUser(user)
            var new = subject.session(for: user)
            new.authenticatedAt = early
            #expect(try await repository.createSession(new).session.authenticatedAt == early)
            new = subject.session(for: user)
            new.authenticatedAt = early.addingTimeInterval(86_400)
            let session = try await repository.createSession(new).session
            #expect(session.authenticatedAt == session.createdAt)
        }
    }

    @Test("A renewal whose login began before is refused, and the session goes on", arguments: Implementation.allCases)
    func renewal(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            let ticket = try await repository.beginLogin(user)
            let kept = try await subject.create(for: user)
            _ = try await repository.terminateAllSessionsByUser(user, except: kept.id)
            let error = await failure { () throws(SessionRepositoryError) in
                try await repository.renewSession(kept.id, ticket: ticket)
            }
            #expect(error == .loginSuperseded(by: .bulkTermination))
            #expect(try await repository.authorize(kept.id).session != nil)
            let renewed = try await repository.renewSession(kept.id, ticket: try await repository.beginLogin(user))
            #expect(renewed.created != nil)
        }
    }

    @Test("Everyone's end can be repeated after others, a user's after many", arguments: Implementation.allCases)
    func remembered(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            let (bulk, everyone) = (OperationID(), OperationID())
            func endAll(_ operation: OperationID) async throws -> Int {
                try await repository.terminateAllSessionsByUser(
                    user, except: nil, by: nil, reason: nil, operationID: operation)
            }
            func endEveryone(_ operation: OperationID) async throws -> Int {
                try await repository.terminateAllSessions(by: nil, reason: nil, operationID: operation) { _ in }
            }
            for _ in 0..<3 { _ = try await subject.create(for: user) }
            #expect(try await endAll(bulk) == 3)
            #expect(try await endEveryone(everyone) == 0)
            for _ in 0..<20 { _ = try await endAll(OperationID()) }
            // In a cluster each of these has a step in every slot.
            for _ in 0..<(implementation.isCluster ? 1 : 60) { _ = try await endEveryone(OperationID()) }
            let session = try await subject.create(for: user)
            #expect(try await endAll(bulk) == 3)
            #expect(try await endEveryone(everyone) == 0)
            #expect(try await repository.authorize(session.id).session != nil)
        }
    }
}

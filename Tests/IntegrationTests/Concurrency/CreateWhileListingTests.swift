import Foundation
import Testing

@testable import SessionRepository

@Suite("Many tasks at the same time")
struct CreateWhileListingTests {
    @Test("Sixty-four tasks create and terminate while others list: every list is right, and the counts add up")
    func createAndTerminate() async throws {
        try await withStore { store in
            let users = try (0..<4).map { try store.user("user-\($0)") }
            let isOver = Flag()
            let lists = Task {
                var lists = 0
                while !isOver.isRaised {
                    for user in users {
                        let sessions = try await store.repository.findActiveSessionsByUser(user)
                        #expect(sessions.allSatisfy { $0.isActive && $0.userID == user })
                        #expect(Set(sessions.map(\.id)).count == sessions.count)
                        lists += 1
                    }
                }
                return lists
            }
            // Each task creates six and terminates three, in an order of its own.
            let kept = try await inParallel(64) { task in
                let user = users[task % users.count]
                var kept: [Session] = []
                for round in 0..<3 {
                    let first = try await store.create(for: user, device: "\(task).\(round)")
                    let second = try await store.create(for: user, device: "\(task).\(round)'")
                    #expect(try await store.repository.authorize(first.id) == .active(first))
                    #expect(try await store.repository.terminateSession(first.id) == .terminated)
                    #expect(try await store.repository.authorize(first.id).termination != nil)
                    kept.append(second)
                }
                return kept
            }
            isOver.raise()
            #expect(try await lists.value > 0)
            for (number, user) in users.enumerated() {
                let own = kept.enumerated().filter { $0.offset % users.count == number }.flatMap(\.element)
                #expect(Set(try await store.repository.findActiveSessionsByUser(user)) == Set(own))
                #expect(try await store.members(of: store.keys.userIndex(user)).count == own.count)
            }
        }
    }

    @Test("A login that began before a bulk termination never outlives it, however they race")
    func lateLogins() async throws {
        try await withStore { store in
            let user = try store.user()
            for _ in 0..<10 {
                let ticket = try await store.repository.beginLogin(user)
                let sessions = try await inParallel(17) { number -> Session? in
                    if number == 8 {
                        _ = try await store.repository.terminateAllSessionsByUser(user)
                        return nil
                    }
                    var new = store.session(for: user)
                    new.ticket = ticket
                    do throws(SessionRepositoryError) {
                        return try await store.repository.createSession(new).session
                    } catch {
                        #expect(error.code == "loginSuperseded")
                        return nil
                    }
                }
                for session in sessions.compactMap(\.self) {
                    #expect(try await store.repository.authorize(session.id).termination != nil)
                }
                #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            }
        }
    }
}

import EmbeddedRedis
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A slot that moves to another master")
    struct SlotMigrationTests {
        /// A user with sessions, and the slot on its way with some of its keys moved.
        private func withMigration(
            _ body: (Store, UserID, [Session], SlotMigration) async throws -> Void
        ) async throws {
            var options = EmbeddedClusterOptions()
            options.replicasPerMaster = 0
            try await withCluster(options) { store, cluster in
                let masters = await cluster.masters()
                let user = try store.user(await cluster.owner("user", on: masters[0]))
                let sessions = try await store.create(6, for: user)
                let slot = try await cluster.slot(of: store.keys.userIndex(user))
                let migration = try await cluster.beginMigration(of: slot, to: masters[1])
                try await migration.move(sessions.prefix(3).map { store.keys.session($0.id) })
                try await body(store, user, sessions, migration)
            }
        }

        @Test("answers lookups at each moment, of what has moved and of what has not")
        func lookups() async throws {
            try await withMigration { store, _, sessions, migration in
                for session in sessions {
                    #expect(try await store.repository.authorize(session.id) == .active(session))
                }
                #expect(try await store.repository.authorize(SessionID(renewing: sessions[0].id)) == .unknown)
                try await migration.finish()
                for session in sessions {
                    #expect(try await store.repository.authorize(session.id) == .active(session))
                }
            }
        }

        @Test("lets no script begin before all its keys are in one place: all of it is done, or nothing")
        func scripts() async throws {
            try await withMigration { store, user, sessions, migration in
                async let bulk = store.repository.terminateAllSessionsByUser(user)
                async let touched = store.repository.touch(sessions[0].id, ipAddress: "198.51.100.1")
                for _ in 0..<20 {
                    let answers = try await inParallel(6) { try await store.repository.authorize(sessions[$0].id) }
                    #expect(answers.allSatisfy { $0.session != nil })
                }
                try await migration.finish()
                #expect(try await bulk == 6)
                _ = try await touched
                for session in sessions {
                    #expect(try await store.repository.authorize(session.id).termination != nil)
                }
                #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            }
        }

        @Test("that takes longer than the timeout is unavailable for scripts, and nothing has been written")
        func tooLong() async throws {
            try await withMigration { store, user, sessions, migration in
                try await withImpatience(.milliseconds(300), with: store) { hasty in
                    let reason = "the server answered TRYAGAIN: the slot is on its way to another node"
                    try await eventuallyUnavailable(because: reason) {
                        () throws(SessionRepositoryError) in try await hasty.terminateAllSessionsByUser(user)
                    }
                }
                for session in sessions {
                    #expect(try await store.repository.authorize(session.id) == .active(session))
                }
                try await migration.finish()
                try await eventually("the slot is found where it is now") {
                    (try? await store.repository.findActiveSessionsByUser(user).count) == 6
                }
            }
        }

        @Test("and comes back, again and again, under load, ends what was ended and nothing else")
        func backAndForth() async throws {
            let motion = try await SharedFleets.clusterInMotion.value
            let before = motion.moves
            try await motion.audience.watching {
                try await withStore(url: motion.cluster.url) { store in
                    let users = try (0..<4).map { try store.user("user-\($0)") }
                    for round in 0..<5 {
                        for user in users {
                            let sessions = try await store.create(5, for: user)
                            let kept = sessions[round]
                            #expect(try await store.repository.terminateAllSessionsByUser(user, except: kept.id) == 4)
                            #expect(try await store.repository.findActiveSessionsByUser(user).map(\.id) == [kept.id])
                            #expect(try await store.repository.terminateSession(kept.id) == .terminated)
                        }
                    }
                    try await eventually("slots have moved meanwhile") { motion.moves > before }
                }
            }
        }
    }
}

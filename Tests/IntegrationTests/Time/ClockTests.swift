import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Clocks that are wrong")
    struct ClockTests {
        /// A standalone server whose clock can be moved.
        private func withClock(_ body: (Store, EmbeddedRedis) async throws -> Void) async throws {
            try await ServerClock.withLibrary { library in
                var options = EmbeddedRedisOptions()
                options.preload = library
                try await withPrivateStore(options) { store, server in
                    let machine = Date.now.timeIntervalSince1970
                    try server.setClock(ahead: 3600)
                    // The control: the server reads the clock that is moved.
                    let ahead = try await store.repository.currentTime().timeIntervalSince1970 - machine
                    #expect((3590...3700).contains(ahead))
                    try server.setClock(ahead: 0)
                    try await body(store, server)
                }
            }
        }

        private func create(
            for user: UserID, _ ticket: LoginTicket, in store: Store
        ) async throws(SessionRepositoryError) -> Session {
            var new = store.session(for: user)
            new.ticket = ticket
            return try await store.repository.createSession(new).session
        }

        private func expectRefusal(
            for user: UserID, _ ticket: LoginTicket, by fence: LoginFence, in store: Store,
            sourceLocation: SourceLocation = #_sourceLocation
        ) async {
            await #expect(throws: SessionRepositoryError.loginSuperseded(by: fence), sourceLocation: sourceLocation) {
                try await create(for: user, ticket, in: store)
            }
        }

        @Test(
            "A login that began while the clock was ahead is refused after the end of all sessions",
            arguments: [5, 3600])
        func setBack(_ seconds: Int64) async throws {
            try await withClock { store, server in
                let user = try store.user()
                try server.setClock(ahead: seconds)
                let early = try await store.repository.beginLogin(user)
                _ = try await store.repository.terminateAllSessionsByUser(user)
                let between = try await store.repository.beginLogin(user)
                try server.setClock(ahead: 0)
                _ = try await store.repository.terminateAllSessionsByUser(user)
                for ticket in [early, between] {
                    await expectRefusal(for: user, ticket, by: .bulkTermination, in: store)
                }
                _ = try await create(for: user, try await store.repository.beginLogin(user), in: store)
            }
        }

        @Test("After everyone's end by a clock that was ahead, logins work at once")
        func everyoneAhead() async throws {
            try await withClock { store, server in
                let user = try store.user()
                let early = try await store.repository.beginLogin(user)
                let old = try await store.create(for: user)
                try server.setClock(ahead: 3600)
                #expect(try await store.repository.terminateAllSessions() == 1)
                try server.setClock(ahead: 0)
                let session = try await create(for: user, try await store.repository.beginLogin(user), in: store)
                #expect(try await store.repository.authorize(old.id).session == nil)
                await expectRefusal(for: user, early, by: .everyoneOut, in: store)
                // Nor does the next one spare what the clock dated ahead, or end what comes after it.
                #expect(try await store.repository.terminateAllSessions() == 1)
                #expect(try await store.repository.authorize(session.id).session == nil)
                _ = try await create(for: user, try await store.repository.beginLogin(user), in: store)
            }
        }

        @Test("What was created while the clock was ahead does not survive everyone's end")
        func createdAhead() async throws {
            try await withClock { store, server in
                let user = try store.user()
                try server.setClock(ahead: 3600)
                let session = try await store.create(for: user)
                try server.setClock(ahead: 0)
                #expect(try await store.repository.terminateAllSessions() == 1)
                #expect(try await store.repository.authorize(session.id).session == nil)
            }
        }

        @Test("Of a cluster, hours apart and stepping, no clock lets a login through or refuses one without reason")
        func cluster() async throws {
            try await ServerClock.withLibrary { library in
                var options = EmbeddedClusterOptions()
                options.replicasPerMaster = 0
                options.preload = library
                // The nodes' own time-outs follow the clocks too.
                options.nodeTimeout = .seconds(86_400)
                try await withCluster(options) { store, cluster in
                    var seen = LoginWorld.Count()
                    for round in 0..<LoginWorld.rounds {
                        seen += try await LoginWorld(store, cluster, seed: UInt64(round)).play()
                    }
                    #expect(seen.steps >= LoginWorld.rounds * LoginWorld.stepsInRound)
                    // The control: both verdicts came often, and none of them wrongly.
                    #expect(seen.refused > seen.steps / 50)
                    #expect(seen.accepted > seen.steps / 50)
                    #expect(seen.wronglyAccepted == 0)
                    #expect(seen.wronglyRefused == 0)
                    print("clocks: \(seen)")
                }
            }
        }
    }
}

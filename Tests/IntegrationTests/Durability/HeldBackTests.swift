import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    /// A server that lost a revocation comes back and takes no writes: it wants a replica that it does not have.
    @Suite("A revocation that a server refuses to take again")
    struct HeldBackTests {
        @Test(
            "holds back its own user only, and is applied without anybody asking once the server takes it",
            arguments: [nil, NearCachePolicy.patient])
        func heldBack(nearCache: NearCachePolicy?) async throws {
            let observed = Observed()
            try await withPrivateStore(
                configure: {
                    $0.nearCache = nearCache
                    $0.observability = observed.observability
                },
                checkingAfterwards: false
            ) { store, server in
                let repository = store.repository
                let ended = try await store.create(for: try store.user("anna"))
                let other = try await store.create(for: try store.user("bert"))
                try await server.refuseWritesAfterRestart()
                _ = try await server.send(["SAVE"])
                #expect(try await repository.terminateSession(ended.id, by: "admin") == .terminated)
                try await server.kill()
                // Asked before there is a connection, and before it is known that the server takes no writes.
                let early = Task {
                    await outcomes(20) { _ throws(SessionRepositoryError) in
                        try await repository.authorize(ended.id)
                    }
                }
                try await eventually("they wait") { observed.queueDepth(of: repository) > 0 }
                try await server.restart()

                for answer in await early.value { #expect(answer.error?.code == "storeUnavailable", "\(answer)") }
                #expect(try await repository.authorize(other.id) == .active(other))
                let refusal = await failure { () throws(SessionRepositoryError) in
                    try await repository.authorize(ended.id)
                }
                #expect("\(String(describing: refusal))".contains("NOREPLICAS"))
                #expect(repository.revocationJournalStatus.heldBack == 1)
                let check = try await repository.checkHealth().first { $0.name == "journal" }
                #expect(check?.status == .fail)
                #expect(check?.detail.contains("min-replicas-to-write") == true)
                repository.reportMetrics()
                #expect(observed.level(.journalHeldBack) == 1)

                // From here on nobody asks the repository.
                _ = try await server.send(["CONFIG", "SET", "min-replicas-to-write", "0"])
                try await eventually("it is applied") {
                    try await store.redis.send("HGET", store.keys.session(ended.id), "state").string == "terminated"
                }
                try await eventually("nothing is held back") { repository.revocationJournalStatus.heldBack == 0 }
                #expect(try await repository.authorize(ended.id).termination?.by == "admin")
                #expect(try await repository.checkHealth().first { $0.name == "journal" }?.status == .ok)
            }
        }

        @Test("holds back its own user only at a new master that Sentinels have found")
        func sentinels() async throws {
            var options = EmbeddedSentinelsOptions()
            options.replicas = 1
            try await withSentinels(
                options, configure: { $0.commandTimeout = .seconds(30) }, checkingAfterwards: false
            ) { store, group in
                let repository = store.repository
                let ended = try await store.create(for: try store.user("anna"))
                let other = try await store.create(for: try store.user("bert"))
                let master = try await group.master()
                let replica = try #require(group.servers.first { $0 != master })
                try await master.waitUntilReplicated()
                try await master.loseReplicas([replica])
                _ = try await replica.send("CONFIG", "SET", "min-replicas-to-write", "1")
                #expect(try await repository.terminateSession(ended.id, by: "admin") == .terminated)
                try await master.kill()
                _ = try await group.waitForMaster(otherThan: master)
                #expect(try await repository.authorize(other.id) == .active(other))
                let refusal = await failure { () throws(SessionRepositoryError) in
                    try await repository.authorize(ended.id)
                }
                #expect("\(String(describing: refusal))".contains("NOREPLICAS"))
                _ = try await replica.send("CONFIG", "SET", "min-replicas-to-write", "0")
                try await eventually("it is applied") { repository.revocationJournalStatus.heldBack == 0 }
                #expect(try await repository.authorize(ended.id).termination?.by == "admin")
            }
        }

        @Test("keeps no other one from being applied, though it is refused for ever")
        func poisoned() async throws {
            try await withPrivateStore(checkingAfterwards: false) { store, server in
                let repository = store.repository
                let users = try (0..<20).map { try store.user("user-\($0)") }
                var sessions: [Session] = []
                for user in users { sessions.append(try await store.create(for: user)) }
                try await server.refuseWritesAfterRestart()
                _ = try await server.send(["SAVE"])
                for session in sessions { _ = try await repository.terminateSession(session.id) }
                // What no server ever takes.
                let poison = RedisScript(source: "return redis.call('NOSUCH')")
                for (number, user) in users.enumerated() where number.isMultiple(of: 3) {
                    repository.client.journal?.add(
                        ScriptCall(poison, keys: [store.keys.userIndex(user)], arguments: []))
                }
                try await server.restart()
                try await eventually("all of them are held back") {
                    repository.revocationJournalStatus.heldBack == sessions.count + 7
                }
                _ = try await server.send(["CONFIG", "SET", "min-replicas-to-write", "0"])
                try await eventually("the others are applied") { repository.revocationJournalStatus.heldBack == 14 }
                for (number, session) in sessions.enumerated() {
                    let answer = await outcomes(1) { _ throws(SessionRepositoryError) in
                        try await repository.authorize(session.id)
                    }
                    let isHeld = answer[0].error?.code == "storeUnavailable"
                    #expect(isHeld == number.isMultiple(of: 3), "\(number): \(answer)")
                    #expect(isHeld || answer[0].value?.termination != nil)
                }
            }
        }
    }

    @Suite("A process whose server has no replicas")
    struct NoReplicasTests {
        @Test("keeps no connection open to ask about them, whatever it has revoked")
        func rest() async throws {
            try await withPrivateStore { store, server in
                for (number, name) in ["anna", "bert"].enumerated() {
                    let session = try await store.create(for: try store.user(name))
                    _ = try await store.repository.terminateSession(session.id)
                    try await eventually("it has asked on a connection of its own, and closed that") {
                        let statistics = try await server.send(["INFO", "commandstats"]).string ?? ""
                        let named = statistics.firstMatch(of: /cmdstat_client(?:\|setname)?:calls=(\d+)/)
                        let clients = try await server.send(["CLIENT", "LIST"]).string ?? ""
                        let open = clients.split(separator: "\n").count { $0.contains("name=session-repository ") }
                        return named.flatMap { Int($0.1) } ?? 0 >= 2 + number && open == 1
                    }
                }
                #expect(store.repository.revocationJournalStatus.pending == 2)
            }
        }
    }
}

extension EmbeddedRedis {
    /// Takes no writes without a replica, from its next start on.
    fileprivate func refuseWritesAfterRestart() async throws {
        _ = try await send(["CONFIG", "SET", "min-replicas-to-write", "1"])
        _ = try await send(["CONFIG", "REWRITE"])
        _ = try await send(["CONFIG", "SET", "min-replicas-to-write", "0"])
    }
}

extension Observed {
    fileprivate func queueDepth(of repository: RedisSessionRepository) -> Int {
        repository.reportMetrics()
        return Int(level(.queueDepth) ?? 0)
    }
}

import EmbeddedRedis
import Foundation
import Testing

@Suite("An embedded group of Sentinels", .serialized, .timeLimit(.minutes(5)))
struct EmbeddedSentinelsTests {
    @Test("watches over a master and two replicas, and leaves no process or directory behind")
    func shape() async throws {
        let group = try await EmbeddedSentinels.start()
        #expect(group.servers.count == 3)
        #expect(group.sentinels.count == 3)
        let master = try await group.master()
        #expect(master == group.servers[0])
        #expect(try await master.send("SET", "k", "v") == .string("OK"))
        for replica in group.servers.dropFirst() {
            try await eventually("\(replica) has it") { try await replica.send("GET", "k") == .string("v") }
        }
        let addresses = group.sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        #expect(group.url == "redis+sentinel://\(addresses)/mymaster")

        let all = group.servers + group.sentinels
        let processes = all.map(\.processID)
        await group.stop()
        for process in processes { #expect(kill(process, 0) == -1) }
        for server in all { #expect(!FileManager.default.fileExists(atPath: server.redis.directory)) }
    }

    @Test("replaces a master that is killed, and takes it back as a replica, with a password too")
    func deathOfMaster() async throws {
        var options = EmbeddedSentinelsOptions()
        options.password = "s3cret"
        try await withSentinels(options) { group in
            #expect(group.url.hasPrefix("redis+sentinel://:s3cret@127.0.0.1:"))
            let former = try await group.master()
            #expect(try await former.send("SET", "k", "v") == .string("OK"))
            for replica in group.servers where replica != former {
                try await eventually("\(replica) has it") { try await replica.send("GET", "k") == .string("v") }
            }

            try await former.kill()
            let master = try await group.waitForMaster(otherThan: former)
            #expect(try await group.master() == master)
            #expect(try await master.send("GET", "k") == .string("v"))

            try await former.restart()
            #expect(try await group.waitUntilStable() == master)
            let answer = try await former.send("SET", "k", "w")
            #expect(answer == .error("READONLY You can't write against a read only replica."))
        }
    }

    @Test("replaces a master that hangs")
    func hungMaster() async throws {
        try await withSentinels { group in
            let former = try await group.master()
            former.signal(SIGSTOP)
            let master = try await group.waitForMaster(otherThan: former)
            #expect(try await group.waitUntilStable(without: [former]) == master)
            former.signal(SIGCONT)
            #expect(try await group.waitUntilStable() == master)
        }
    }

    @Test("fails over by order, and keeps what it knows when a Sentinel is killed and comes back")
    func failover() async throws {
        try await withSentinels { group in
            let former = try await group.master()
            try await group.sentinels[0].kill()
            let master = try await group.failover()
            #expect(master != former)
            try await group.sentinels[0].restart()
            #expect(try await group.waitUntilStable() == master)
        }
    }

    private func withSentinels(
        _ options: EmbeddedSentinelsOptions = EmbeddedSentinelsOptions(),
        _ body: (EmbeddedSentinels) async throws -> Void
    ) async throws {
        let group = try await EmbeddedSentinels.start(options)
        do {
            try await body(group)
        } catch {
            await group.stop()
            throw error
        }
        await group.stop()
    }
}

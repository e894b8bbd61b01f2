import EmbeddedRedis
import Foundation
import Testing

@Suite("An embedded cluster", .serialized, .timeLimit(.minutes(5)))
struct EmbeddedClusterTests {
    @Test("has three masters with a replica each, and leaves no process or directory behind")
    func shape() async throws {
        let cluster = try await EmbeddedCluster.start()
        #expect(cluster.nodes.count == 6)
        #expect(Set(await cluster.masters()) == Set(cluster.nodes.prefix(3)))
        for master in cluster.nodes.prefix(3) { #expect(try await cluster.replicas(of: master).count == 1) }
        #expect(try await cluster.masterOf(slot: 0) == cluster.nodes[0])
        #expect(try await cluster.masterOf(slot: 16_383) == cluster.nodes[2])
        let (first, last) = (cluster.nodes[0].port, cluster.nodes[5].port)
        #expect(cluster.url.hasPrefix("redis+cluster://127.0.0.1:\(first),127.0.0.1:"))
        #expect(cluster.url.hasSuffix(",127.0.0.1:\(last)"))

        let processes = cluster.nodes.map(\.processID)
        await cluster.stop()
        for process in processes { #expect(kill(process, 0) == -1) }
        for node in cluster.nodes { #expect(!FileManager.default.fileExists(atPath: node.redis.directory)) }
    }

    @Test("sends a client that asks the wrong node to the right one")
    func redirection() async throws {
        try await withCluster { cluster in
            let slot = try await cluster.slot(of: "{1234abcd}.x")
            let master = try await cluster.masterOf(slot: slot)
            let other = try #require(cluster.nodes.prefix(3).first { $0 != master })
            #expect(try await other.send("GET", "{1234abcd}.x") == .error("MOVED \(slot) \(master.address)"))
        }
    }

    @Test("fails over when a master is killed, and takes it back as a replica, with a password too")
    func deathOfMaster() async throws {
        var options = EmbeddedClusterOptions()
        options.password = "s3cret \"word"
        try await withCluster(options) { cluster in
            let master = try await cluster.masterOf(slot: 0)
            let replica = try #require(try await cluster.replicas(of: master).first)
            #expect(try await master.send("SET", "{la2}", "v") == .string("OK"))
            try await eventually("the replica has it") {
                try await replica.send("CLUSTER", "COUNTKEYSINSLOT", "0") == .integer(1)
            }

            try await master.kill()
            try await cluster.waitUntilStable()
            #expect(try await cluster.masterOf(slot: 0) == replica)
            #expect(try await replica.send("GET", "{la2}") == .string("v"))

            try await master.restart()
            try await cluster.waitUntilStable()
            #expect(try await cluster.replicas(of: replica) == [master])
        }
    }

    @Test("fails over by order, also when the master is stopped by a signal")
    func failover() async throws {
        try await withCluster { cluster in
            let master = try await cluster.masterOf(slot: 0)
            let successor = try await cluster.failover(of: master)
            #expect(try await cluster.masterOf(slot: 0) == successor)
            #expect(try await cluster.replicas(of: successor) == [master])

            successor.signal(SIGSTOP)
            #expect(try await cluster.failover(of: successor, force: true) == master)
            successor.signal(SIGCONT)
            try await cluster.waitUntilStable()
            #expect(try await cluster.masterOf(slot: 0) == master)
        }
    }

    @Test("moves a slot with its keys", arguments: [nil, "s3cret"])
    func moveSlot(password: String?) async throws {
        var options = EmbeddedClusterOptions()
        options.password = password
        try await withCluster(options) { cluster in
            let slot = try await cluster.slot(of: "{t}")
            let source = try await cluster.masterOf(slot: slot)
            let target = try #require(cluster.nodes.prefix(3).first { $0 != source })
            let keys = (0..<250).map { "{t}.\($0)" }
            for key in keys { _ = try await source.send("SET", key, key) }

            try await cluster.moveSlot(slot, to: target)

            #expect(try await cluster.masterOf(slot: slot) == target)
            for key in keys { #expect(try await target.send("GET", key) == .string(key)) }
            #expect(try await source.send("GET", keys[0]) == .error("MOVED \(slot) \(target.address)"))
        }
    }

    @Test("keeps a slot between two nodes for as long as a test wants, with some keys moved")
    func migration() async throws {
        try await withCluster { cluster in
            let slot = try await cluster.slot(of: "{t}")
            let source = try await cluster.masterOf(slot: slot)
            let target = try #require(cluster.nodes.prefix(3).first { $0 != source })
            for number in 0..<5 { _ = try await source.send("SET", "{t}.\(number)", "v") }

            let migration = try await cluster.beginMigration(of: slot, to: target)
            #expect(try await source.send("GET", "{t}.0") == .string("v"))
            try await migration.move(["{t}.0"])
            #expect(try await source.send("GET", "{t}.0") == .error("ASK \(slot) \(target.address)"))
            #expect(try await target.send("GET", "{t}.0") == .error("MOVED \(slot) \(source.address)"))
            #expect(try await migration.moveKeys(2) == 2)
            #expect(try await source.send("CLUSTER", "COUNTKEYSINSLOT", "\(slot)") == .integer(2))
            #expect(try await cluster.masterOf(slot: slot) == source)
            let both = try await source.send("MGET", "{t}.0", "{t}.1", "{t}.2", "{t}.3", "{t}.4")
            #expect(both == .error("TRYAGAIN Multiple keys request during rehashing of slot"))

            try await migration.finish()
            try await cluster.waitUntilStable()
            #expect(try await cluster.masterOf(slot: slot) == target)
            for number in 0..<5 { #expect(try await target.send("GET", "{t}.\(number)") == .string("v")) }
        }
    }

    private func withCluster(
        _ options: EmbeddedClusterOptions = EmbeddedClusterOptions(), _ body: (EmbeddedCluster) async throws -> Void
    ) async throws {
        let cluster = try await EmbeddedCluster.start(options)
        do {
            try await body(cluster)
        } catch {
            await cluster.stop()
            throw error
        }
        await cluster.stop()
    }
}

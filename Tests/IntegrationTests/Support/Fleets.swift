import EmbeddedRedis
import Testing

@testable import SessionRepository

/// Runs a test with a repository on a Redis Cluster of its own.
func withCluster(
    _ options: EmbeddedClusterOptions = EmbeddedClusterOptions(),
    configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    checkingAfterwards: Bool = true,
    _ body: (Store, EmbeddedCluster) async throws -> Void
) async throws {
    let cluster = try await EmbeddedCluster.start(options)
    do {
        try await withStore(
            url: cluster.url, configure: configure, checkingAfterwards: checkingAfterwards, removingKeys: false
        ) { try await body($0, cluster) }
    } catch {
        await cluster.stop()
        throw error
    }
    await cluster.stop()
}

/// Runs a test with a repository on a master of its own that Sentinels watch.
func withSentinels(
    _ options: EmbeddedSentinelsOptions = EmbeddedSentinelsOptions(),
    configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    checkingAfterwards: Bool = true,
    _ body: (Store, EmbeddedSentinels) async throws -> Void
) async throws {
    let group = try await EmbeddedSentinels.start(options)
    do {
        try await withStore(
            url: group.url, configure: configure, checkingAfterwards: checkingAfterwards, removingKeys: false
        ) { try await body($0, group) }
    } catch {
        await group.stop()
        throw error
    }
    await group.stop()
}

extension FleetServer {
    /// Cuts the link to every replica, so that it stays cut: they cannot log in any more. What was written before has
    /// reached them.
    func loseReplicas(_ replicas: [FleetServer]) async throws {
        for replica in replicas { _ = try await replica.send("CONFIG", "SET", "masterauth", "no such password") }
        _ = try await send("CLIENT", "KILL", "TYPE", "replica")
        for replica in replicas {
            try await eventually("the link is cut") {
                try await replica.send("INFO", "replication").string?.contains("master_link_status:down") ?? false
            }
        }
    }

    /// Lets them come back.
    func regainReplicas(_ replicas: [FleetServer]) async throws {
        for replica in replicas { _ = try await replica.send("CONFIG", "SET", "masterauth", "") }
    }

    /// Returns once its replicas have everything that it has acknowledged.
    func waitUntilReplicated() async throws {
        try await eventually("the replicas of \(self) have everything", within: .seconds(20)) {
            let lines = try await send("INFO", "replication").string?.split(whereSeparator: \.isNewline) ?? []
            let offset = lines.first { $0.hasPrefix("master_repl_offset:") }?.split(separator: ":").last
            let replicas = lines.filter { $0.hasPrefix("slave") && $0.contains("ip=") }
            guard let offset, !replicas.isEmpty else { return false }
            return replicas.allSatisfy { $0.contains(",offset=\(offset),") }
        }
    }

    /// Dies when its replicas have everything. No writes are held back until then: callers whose commands are under way
    /// when it dies cannot know what became of them, and there should be few.
    func killOnceReplicated() async throws {
        try await waitUntilReplicated()
        try await kill()
    }

    /// How many replicas it feeds. One that has just come is online, and is sent nothing before it has told its offset:
    /// what is acknowledged until then is lost with the master.
    var fedReplicas: Int {
        get async throws {
            let lines = try await send("INFO", "replication").string?.split(whereSeparator: \.isNewline) ?? []
            return lines.count {
                $0.hasPrefix("slave") && $0.contains("state=online") && !$0.contains("offset=0,")
            }
        }
    }

    func waitUntilItFeeds(_ replicas: Int) async throws {
        try await eventually("\(self) feeds \(replicas) replicas", within: .seconds(60)) {
            try await fedReplicas >= replicas
        }
    }

    /// How many clients of that name are connected.
    func clients(named name: String) async throws -> Int {
        try await send("CLIENT", "LIST").string?.split(separator: "\n").count { $0.contains("name=\(name) ") } ?? 0
    }
}

extension [FleetServer] {
    /// What repositories have left open; empty when nothing is.
    func connectionsLeft() async throws -> String {
        var left: [String] = []
        for server in self where server.isRunning {
            let count = try await server.clients(named: "session-repository")
            if count > 0 { left.append("\(count) connections to \(server)") }
        }
        return left.joined(separator: ", ")
    }
}

extension EmbeddedCluster {
    /// An ID, beginning like `stem`, whose keys lie on that master.
    func owner(_ stem: String, on master: FleetServer) async throws -> String {
        for number in 0..<1000 {
            let name = "\(stem)-\(number)"
            let slot = try await slot(of: "{\(HashTag(owner: name).text)}")
            if try await masterOf(slot: slot) == master { return name }
        }
        throw Impossible()
    }

    /// Slots that have keys, and who serves them; not all when there are many.
    func slotsInUse() async -> [(Int, FleetServer)] {
        var slots: [Int: FleetServer] = [:]
        for master in await masters() {
            let page = try? await master.send("SCAN", "0", "COUNT", "10000").array
            for key in page?.last?.strings.shuffled().prefix(64) ?? [] {
                if let slot = try? await slot(of: key) { slots[slot] = master }
            }
        }
        return slots.shuffled()
    }

    private struct Impossible: Error {}
}

import Logging
import Synchronization

/// The nodes of a Redis Cluster as one store: finds the master of each slot, follows when slots move or masters fail,
/// and keeps a connection to each master that has been needed. `ClusterTable` decides who serves what.
final class ClusterRouter: Sendable {
    let configuration: RedisClientConfiguration
    let journal: WriteJournal?
    let logger: Logger
    let table = Mutex(ClusterTable<RedisNode>())
    private let seeds: [RedisEndpoint]
    private let refresher = ClusterRefresher()
    let waits = ClusterWaits()
    let informants: ClusterInformants
    private let resends: ClusterResends
    let freshness = ClusterFreshness()

    init(seeds: [RedisEndpoint], configuration: RedisClientConfiguration, journal: WriteJournal?, logger: Logger) {
        self.seeds = seeds
        self.configuration = configuration
        self.journal = journal
        self.logger = logger
        informants = ClusterInformants(configuration: configuration, logger: logger)
        resends = ClusterResends(reserve: configuration.maximumCommandsInFlight)
    }

    // MARK: Commands

    /// - Parameter slot: `nil` for what any master can answer.
    func execute<Value: Sendable>(
        _ command: RedisCommand, slot: HashSlot?, isIdempotent: Bool, timeout: Duration,
        proved: (@Sendable (Value) -> Void)?, decode: @escaping RedisDecoder<Value>
    ) async throws(RedisError) -> Value {
        var attempts = ClusterAttempts(deadline: .now() + timeout, isIdempotent: isIdempotent, slot: slot)
        // Where a redirection sends us.
        var moved: RedisEndpoint?
        var detour: RedisEndpoint?
        var knownFailures: Int?
        while true {
            var asked: RedisEndpoint?
            do throws(RedisError) {
                if let slot, let endpoint = moved.take() {
                    // Who gets a slot gets what was revoked there.
                    try await hand(slot, to: endpoint, until: attempts.deadline)
                }
                let endpoint = if let detour { detour } else { try endpoint(of: slot) }
                let node = try node(at: endpoint)
                if let slot, node.connection.heldSlots.contains(slot) {
                    try await settle(slot, at: endpoint, until: attempts.deadline)
                    waits.open(slot: slot)
                }
                asked = endpoint
                let value = try await node.connection.execute(
                    detour == nil ? command : .pipeline(RedisCommand("ASKING"), command), isIdempotent: isIdempotent,
                    timeout: attempts.deadline.duration(since: .now()), proved: proved, decode: decode)
                resends.earn()
                if let reason = attempts.reason { waits.open(reason) }
                return value
            } catch {
                detour = nil
                if isClosed { throw .shutDown }
                if error == .outcomeUnknown, isIdempotent, !resends.spend() { throw .timedOut }
                let error = asked == nil ? reason(for: error, since: &knownFailures) : error
                switch attempts.next(after: error, from: asked, now: .now(), addressMap: configuration.addressMap) {
                case .fail(let final):
                    if final == .timedOut { requestRefresh() }
                    // A node that refuses this command for another reason works.
                    if case .server = final, let reason = attempts.reason { waits.open(reason) }
                    throw final
                case .moved(let endpoint):
                    moved = endpoint
                    requestRefresh()
                case .ask(let endpoint):
                    detour = endpoint
                case .pause(let pause, let refresh):
                    if refresh { requestRefresh() }
                    try await sleep(pause)
                case .wait(let reason, let refresh):
                    if refresh { requestRefresh() }
                    switch await waits.wait(
                        for: reason, slot: slot, after: attempts.pauses - 1, until: attempts.deadline)
                    {
                    case .askAgain: break
                    case .expired: throw attempts.expired
                    case .cancelled: throw .cancelled
                    }
                }
            }
        }
    }

    /// Repeats what needs several nodes until all of them are there.
    func retrying<Value: Sendable>(
        within timeout: Duration, _ body: () async throws(RedisError) -> Value
    ) async throws(RedisError) -> Value {
        var attempts = ClusterAttempts(deadline: .now() + timeout, isIdempotent: true)
        var knownFailures: Int?
        while true {
            do throws(RedisError) {
                return try await body()
            } catch {
                if isClosed { throw .shutDown }
                let error = reason(for: error, since: &knownFailures)
                switch attempts.next(after: error, from: nil, now: .now()) {
                case .pause, .wait: break
                case .moved, .ask, .fail: throw error
                }
                let pause = ClusterPause.after(attempts.pauses - 1)
                guard .now() + pause < attempts.deadline else { throw error }
                requestRefresh()
                try await sleep(pause)
            }
        }
    }

    /// Where no node is known, what all of them answered says more.
    private func reason(for error: RedisError, since known: inout Int?) -> RedisError {
        guard case .unavailable = error else { return error }
        return table.withLock { $0.failure(since: &known) } ?? error
    }

    private func sleep(_ pause: Duration) async throws(RedisError) {
        do {
            // Not in step with others that began to wait at the same time.
            try await Task.sleep(for: pause * Double.random(in: 0.5...1))
        } catch {
            throw .cancelled
        }
    }

    // MARK: Nodes

    var isClosed: Bool { table.withLock(\.isClosed) }

    func endpoint(of slot: HashSlot?) throws(RedisError) -> RedisEndpoint {
        try table.withLock { table throws(RedisError) in try table.endpoint(of: slot) }
    }

    func node(at endpoint: RedisEndpoint) throws(RedisError) -> RedisNode {
        try table.withLock { table throws(RedisError) in
            try table.node(at: endpoint) { () throws(RedisError) in
                try RedisNode(
                    configuration: configuration,
                    source: EndpointSource(endpoint: endpoint, wantsMaster: true, resolve: configuration.resolve),
                    journal: journal, failsFast: true, logger: logger)
            }
        }
    }

    /// The node that has a slot, if there is a connection to it.
    func existingNode(of slot: HashSlot) -> RedisNode? { table.withLock { $0.node(of: slot) } }

    func existingNode(at endpoint: RedisEndpoint) -> RedisNode? { table.withLock { $0.nodes[endpoint] } }

    var existingNodes: [RedisNode] { table.withLock { Array($0.nodes.values) } }

    /// Every endpoint that serves slots, as far as is known.
    var masters: [RedisEndpoint] { table.withLock(\.map.masters) }

    /// Whom to ask about the cluster, in another order each time.
    var candidates: [RedisEndpoint] {
        let (masters, replicas) = table.withLock { ($0.map.masters, $0.map.replicas) }
        let known = Set(masters).union(replicas)
        // Some of many: a map that named thousands must not keep the seeds from being asked.
        return known.shuffled().prefix(16) + seeds.filter { !known.contains($0) }.shuffled()
    }

    /// Closes connections to nodes that are asked on another one, or not any more.
    func tidyInformants() {
        let (map, nodes) = table.withLock { ($0.map, $0.nodes) }
        let known = Set(map.masters).union(map.replicas).union(seeds)
        informants.keep { known.contains($0) && nodes[$0] == nil }
    }

    func shutdown() async {
        await refresher.stop()
        freshness.stop()
        let nodes = table.withLock { $0.close() }
        waits.close()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.informants.shutdown() }
            for node in nodes { group.addTask { await node.shutdown() } }
        }
    }

    func requestRefresh() {
        refresher.request { [weak self] in await self?.refresh() }
    }
}

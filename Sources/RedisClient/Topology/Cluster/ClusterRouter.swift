import Logging
import Synchronization

/// The nodes of a Redis Cluster as one store: finds the master of each slot, follows when slots move or masters fail,
/// and keeps a connection to each master that has been needed.
final class ClusterRouter: Sendable {
    private struct State {
        var map = ClusterMap()
        /// By position in the map's masters; made when first needed.
        var nodes: [RedisEndpoint: RedisNode] = [:]
        var isClosed = false
    }

    let configuration: RedisClientConfiguration
    let journal: WriteJournal?
    let logger: Logger
    private let seeds: [RedisEndpoint]
    private let state = Mutex(State())
    private let refresher = ClusterRefresher()

    init(seeds: [RedisEndpoint], configuration: RedisClientConfiguration, journal: WriteJournal?, logger: Logger) {
        self.seeds = seeds
        self.configuration = configuration
        self.journal = journal
        self.logger = logger
    }

    // MARK: Commands

    /// - Parameter slot: `nil` for what any master can answer.
    func execute<Value: Sendable>(
        _ command: RedisCommand, slot: HashSlot?, isIdempotent: Bool, timeout: Duration,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(RedisError) -> Value {
        var attempts = ClusterAttempts(deadline: .now() + timeout, isIdempotent: isIdempotent)
        // Where an ASK sends us, and the command with ASKING before it.
        var detour: (endpoint: RedisEndpoint, command: RedisCommand)?
        while true {
            var asked: RedisEndpoint?
            do throws(RedisError) {
                let endpoint = if let detour { detour.endpoint } else { try endpoint(of: slot) }
                asked = endpoint
                let node = try node(at: endpoint)
                return try await node.connection.execute(
                    detour?.command ?? command, isIdempotent: isIdempotent,
                    timeout: attempts.deadline.duration(since: .now()), decode: decode)
            } catch {
                detour = nil
                if isClosed { throw .shutDown }
                var next = attempts.next(after: error, from: asked, now: .now())
                while case .moved(let endpoint) = next {
                    requestRefresh()
                    // Whether by its own connection or here: who gets a slot gets what was revoked there. It may be as
                    // unready for that as for the command.
                    guard let slot, let problem = await hand(slot, to: endpoint, until: attempts.deadline) else {
                        break
                    }
                    next = attempts.next(after: problem, from: endpoint, now: .now())
                }
                switch next {
                case .fail(let final):
                    if final == .timedOut { requestRefresh() }
                    throw final
                case .moved:
                    break
                case .ask(let endpoint):
                    detour = (endpoint, .pipeline(RedisCommand("ASKING"), command))
                case .again(let pause, let refresh):
                    if refresh { requestRefresh() }
                    try await sleep(pause)
                }
            }
        }
    }

    private func sleep(_ pause: Duration) async throws(RedisError) {
        do {
            try await Task.sleep(for: pause)
        } catch {
            throw .cancelled
        }
    }

    // MARK: Nodes

    private var isClosed: Bool { state.withLock(\.isClosed) }

    func endpoint(of slot: HashSlot?) throws(RedisError) -> RedisEndpoint {
        let endpoint = state.withLock { state in
            if let slot { state.map.owner(of: slot) } else { state.map.masters.randomElement() }
        }
        guard let endpoint else { throw .unavailable(reason: "no node of the cluster is known to serve the slot") }
        return endpoint
    }

    func node(at endpoint: RedisEndpoint) throws(RedisError) -> RedisNode {
        try state.withLock { state throws(RedisError) in
            guard !state.isClosed else { throw .shutDown }
            if let known = state.nodes[endpoint] { return known }
            let made = try RedisNode(
                configuration: configuration, source: EndpointSource(endpoint: endpoint), journal: journal,
                failsFast: true, logger: logger)
            state.nodes[endpoint] = made
            return made
        }
    }

    /// Every endpoint that serves slots, as far as is known.
    var masters: [RedisEndpoint] { state.withLock(\.map.masters) }

    /// Whom to ask about the cluster, in another order each time.
    var candidates: [RedisEndpoint] {
        let (masters, replicas) = state.withLock { ($0.map.masters, $0.map.replicas) }
        let known = Set(masters).union(replicas)
        // Some of many: a map that named thousands must not keep the seeds from being asked.
        return known.shuffled().prefix(16) + seeds.filter { !known.contains($0) }.shuffled()
    }

    func shutdown() async {
        await refresher.stop()
        let nodes = state.withLock { state in
            state.isClosed = true
            defer { state.nodes = [:] }
            return Array(state.nodes.values)
        }
        await withTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.shutdown() } }
        }
    }

    // MARK: Changes of the map

    private func requestRefresh() {
        refresher.request { [weak self] in await self?.refresh() }
    }

    private func refresh() async {
        guard let map = await ClusterQuery(router: self).map() else { return }
        await install(map)
    }

    /// Takes a new map, once those who get slots have what was revoked there.
    private func install(_ map: ClusterMap) async {
        var map = map
        let entries = journal?.entries ?? []
        for slot in Set(entries.map(\.write.slot)) {
            let before = state.withLock { $0.map.owner(of: slot) }
            guard let owner = map.owner(of: slot), owner != before, let before else { continue }
            do {
                try await settle(slot, at: owner)
            } catch {
                // As before, until it works: whoever asks there is told, and tries again.
                map.assign(slot, to: before)
            }
        }
        let retired = state.withLock { state in
            state.map = map
            let retired = state.nodes.filter { !map.masters.contains($0.key) }
            for endpoint in retired.keys { state.nodes[endpoint] = nil }
            return Array(retired.values)
        }
        for node in retired { Task { await node.shutdown() } }
    }

    /// What was in the way; `nil` when it is done.
    private func hand(
        _ slot: HashSlot, to endpoint: RedisEndpoint, until deadline: MonotonicTime
    ) async -> RedisError? {
        guard state.withLock({ $0.map.owner(of: slot) }) != endpoint else { return nil }
        do throws(RedisError) {
            try await settle(slot, at: endpoint, until: deadline)
        } catch {
            return error
        }
        state.withLock { $0.map.assign(slot, to: endpoint) }
        return nil
    }

    /// Applies again, at the slot's new master, what the journal has for the slot.
    func settle(
        _ slot: HashSlot, at endpoint: RedisEndpoint, until deadline: MonotonicTime? = nil
    ) async throws(RedisError) {
        guard let journal, !journal.isEmpty else { return }
        let entries = journal.entries.filter { $0.write.slot == slot }
        guard !entries.isEmpty else { return }
        let connection = try node(at: endpoint).connection
        var replay = JournalReplay(entries)
        while case let commands = replay.nextCommands(), !commands.isEmpty {
            for command in commands {
                var refusal: RedisError?
                do throws(RedisError) {
                    try await connection.execute(command, timeout: deadline?.duration(since: .now())) { _ in }
                } catch .outcomeUnknown {
                    // Of this one, which can be done again; nothing else has been sent.
                    refusal = .unavailable(reason: "the connection broke while earlier writes were applied again")
                } catch {
                    refusal = error
                }
                // The slot is not there, after all.
                if let refusal, Redirection(refusal) != nil { throw refusal }
                if case .giveUp(let error) = replay.answered(refusal) { throw error }
            }
        }
        journal.countReplayed(replay.applied)
    }
}

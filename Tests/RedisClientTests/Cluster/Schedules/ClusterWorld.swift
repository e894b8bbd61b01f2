@testable import RedisClient

/// The masters of a cluster schedule, what they hold, and the journal: the truth that the table is compared with.
struct ClusterWorld {
    struct Write: Equatable {
        let number: UInt64
        let id: Int
    }

    let slots: [HashSlot]
    let servers: [RedisEndpoint]
    var owners: [HashSlot: RedisEndpoint] = [:]
    /// By slot: the writes that its present master has.
    var held: [HashSlot: Set<Int>] = [:]
    /// By slot, oldest first: what the client would apply again.
    var journal: [HashSlot: [Write]] = [:]
    /// By slot: the writes that have returned to their callers. No later read may miss one.
    var returned: [HashSlot: Set<Int>] = [:]
    /// By slot: how often its master has changed.
    private(set) var moves: [HashSlot: Int] = [:]
    private var lastNumber: UInt64 = 0
    private var lastID = 0

    init(slots: Int, servers: Int) {
        self.slots = (0..<slots).compactMap { HashSlot($0) }
        self.servers = (0..<servers).map { .tcp(host: "n\($0)", port: 1) }
        for slot in self.slots { owners[slot] = self.servers[0] }
    }

    /// An honest answer to CLUSTER SLOTS.
    var map: ClusterMap {
        var map = ClusterMap()
        for slot in slots { map.assign(slot, to: owners[slot]) }
        return map
    }

    mutating func move(_ slot: HashSlot, to server: RedisEndpoint) {
        owners[slot] = server
        moves[slot, default: 0] += 1
    }

    mutating func write(_ slot: HashSlot) -> Int {
        lastID += 1
        held[slot, default: []].insert(lastID)
        return lastID
    }

    mutating func note(_ id: Int, in slot: HashSlot) {
        lastNumber += 1
        journal[slot, default: []].append(Write(number: lastNumber, id: id))
    }

    func entries(in slot: HashSlot, after number: UInt64) -> [Write] {
        (journal[slot] ?? []).filter { $0.number > number }
    }
}

/// What stands for a node's connection and cache.
final class ScheduledNode {
    let endpoint: RedisEndpoint
    var isShutDown = false
    /// Whether the journal was applied at the server's present run.
    var isLoggedIn = false
    var logins = 0
    /// Slots from which the near cache remembers something.
    var remembered: Set<HashSlot> = []

    init(_ endpoint: RedisEndpoint) {
        self.endpoint = endpoint
    }
}

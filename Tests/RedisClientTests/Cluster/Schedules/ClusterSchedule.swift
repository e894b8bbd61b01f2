import TestSupport

@testable import RedisClient

/// One random life of a cluster's client: plays callers that read and write, hand-overs in any interleaving, maps, slots
/// that move and masters that lose writes against the table, and notes the first promise that breaks. The seed decides
/// everything.
///
/// The promises: no read is answered by a master that lacks a write which had returned before the read began; a cache
/// forgets a slot when its node loses it; nodes that serve nothing are shut down; the nodes are bounded; everyone gets an
/// answer when the cluster is calm.
final class ClusterSchedule: RandomSchedule {
    /// A driver that does without one of the table's decisions: a negative control.
    enum Fault: CaseIterable {
        case holdsNothingBack, finishesEarly, forgetsLosers, keepsRetired, neverEndsSettlement, trustsOldMaster
    }

    static let maximumNodes = 5

    var random: SplitMix64
    let fault: Fault?
    var world: ClusterWorld
    var table = ClusterTable<ScheduledNode>(maximumNodes: maximumNodes)
    var callers: [ScheduledCaller] = []
    var handOvers: [ScheduledHandOver] = []
    /// Answers to CLUSTER SLOTS that have not been taken yet.
    var maps: [ClusterMap] = []
    /// Nothing fails and nothing moves any more.
    var isCalm = false
    var violation: String?
    /// How often each kind of thing happened, so that a test can tell that the schedules reach all of them.
    var seen: [String: Int] = [:]

    init(seed: UInt64, fault: Fault? = nil) {
        random = SplitMix64(seed: seed)
        self.fault = fault
        world = ClusterWorld(slots: Int.random(in: 1...4, using: &random), servers: 7)
        for slot in world.slots { world.owners[slot] = anyServer() }
        install(world.map)
    }

    func run(events: Int) {
        for _ in 0..<events where violation == nil {
            happen()
            checkTable()
        }
        if violation == nil { comesToRest() }
    }

    private func happen() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<10: callers.append(ScheduledCaller(.read, anySlot(), self))
        case 10..<20: callers.append(ScheduledCaller(.write, anySlot(), self))
        case 20..<23: maps = [world.map]
        case 23..<26:
            if !maps.isEmpty { install(maps.removeFirst()) }
        case 26..<32: disturb()
        default: step()
        }
    }

    private func step() {
        if !handOvers.isEmpty, chance(30) {
            let position = Int.random(in: handOvers.indices, using: &random)
            if handOvers[position].step(self) != .goesOn { handOvers.remove(at: position) }
        } else if !callers.isEmpty {
            let position = Int.random(in: callers.indices, using: &random)
            if callers[position].step(self) { callers.remove(at: position) }
        }
    }

    // MARK: The cluster

    private func disturb() {
        let server = anyServer()
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: migrate(anySlot(), to: server)
        case 4..<8: failOver(from: server, to: anyServer())
        default: restart(server)
        }
    }

    /// The records go with the slot. It does not return to a master that the client believes it at, asks for it, or is
    /// handing it to, after the client missed that it had left: no command and no map would show that.
    private func migrate(_ slot: HashSlot, to server: RedisEndpoint) {
        guard world.owners[slot] != server, table.map.owner(of: slot) != server,
            !callers.contains(where: { $0.slot == slot && $0.isAsking(server) }),
            !handing.contains(where: { $0.slot == slot && $0.endpoint == server })
        else { return }
        seen["migrate", default: 0] += 1
        world.move(slot, to: server)
    }

    /// A replica that serves nothing takes all slots over, and may lack what was written last.
    private func failOver(from server: RedisEndpoint, to replica: RedisEndpoint) {
        guard !world.owners.values.contains(replica) else { return }
        seen["failOver", default: 0] += 1
        for slot in world.slots where world.owners[slot] == server {
            world.move(slot, to: replica)
            lose(in: slot)
        }
        logOut(from: [server, replica])
    }

    /// With older data.
    private func restart(_ server: RedisEndpoint) {
        for slot in world.slots where world.owners[slot] == server { lose(in: slot) }
        logOut(from: [server])
    }

    /// The connections to a server whose history changed log in anew.
    private func logOut(from servers: [RedisEndpoint]) {
        for node in table.nodes.values where servers.contains(node.endpoint) { node.isLoggedIn = false }
    }

    private func lose(in slot: HashSlot) {
        guard chance(80) else { return }
        world.held[slot] = Set((world.held[slot] ?? []).sorted().filter { _ in chance(40) })
    }

    private var handing: [ScheduledHandOver] { handOvers + callers.compactMap(\.handOver) }

    // MARK: The router

    func node(at endpoint: RedisEndpoint) throws(RedisError) -> ScheduledNode {
        try table.node(at: endpoint) { () throws(RedisError) in ScheduledNode(endpoint) }
    }

    func install(_ map: ClusterMap) {
        let former = table
        let slots = Set(world.slots.filter { world.journal[$0] != nil })
        let installation = table.install(map, journalSlots: fault == .holdsNothingBack ? [] : slots)
        if fault != .forgetsLosers { for node in installation.losers { node.remembered = [] } }
        if fault != .keepsRetired { for node in installation.retired { node.isShutDown = true } }
        for (slot, owner) in installation.unsettled.sorted(by: { $0.slot.number < $1.slot.number }) {
            seen["unsettled", default: 0] += 1
            handOvers.append(ScheduledHandOver(slot, to: owner))
        }
        if !installation.retired.isEmpty { seen["retired", default: 0] += 1 }
        checkChange(from: former)
        check(
            Set(table.nodes.keys).isSubset(of: table.map.masters), "a node is kept though it serves nothing")
        for (endpoint, node) in former.nodes where table.nodes[endpoint] == nil {
            check(node.isShutDown, "a forgotten node is not shut down")
        }
    }

    /// What a node's cache remembers of a slot goes with the slot.
    func checkChange(from former: ClusterTable<ScheduledNode>) {
        for slot in world.slots {
            guard let owner = former.map.owner(of: slot), owner != table.map.owner(of: slot) else { continue }
            check(former.nodes[owner]?.remembered.contains(slot) != true, "what a loser read still counts")
        }
    }

    /// The journal goes first on each new connection. The server redirects what is for slots of other masters.
    func logIn(_ node: ScheduledNode) {
        guard !node.isLoggedIn else { return }
        node.isLoggedIn = true
        node.logins += 1
        for slot in world.slots where world.owners[slot] == node.endpoint {
            world.held[slot, default: []].formUnion(world.entries(in: slot, after: 0).map(\.id))
        }
    }

    // MARK: Promises

    private func checkTable() {
        check(table.nodes.count <= Self.maximumNodes, "\(table.nodes.count) nodes")
        check(table.nodes.values.allSatisfy { !$0.isShutDown }, "a node is kept though it was shut down")
    }

    /// Few masters are left, and the map is honest.
    private func comesToRest() {
        for slot in world.slots { migrate(slot, to: world.servers[Int.random(in: 0..<3, using: &random)]) }
        isCalm = true
        callers += world.slots.map { ScheduledCaller(.read, $0, self) }
        for round in 0..<2000 where violation == nil && !(callers.isEmpty && handOvers.isEmpty) {
            // As after each refusal, the map is asked for again.
            if round.isMultiple(of: 10) { install(world.map) }
            callers.removeAll { $0.step(self) }
            handOvers.removeAll { $0.step(self) != .goesOn }
        }
        check(callers.isEmpty, "\(callers.count) callers wait for ever")
        check(handOvers.isEmpty, "\(handOvers.count) hand-overs do not end")
        check(table.slotsInSettlement.isEmpty, "a slot stays in settlement")
    }

    private func anySlot() -> HashSlot { world.slots[Int.random(in: world.slots.indices, using: &random)] }

    private func anyServer() -> RedisEndpoint {
        world.servers[Int.random(in: world.servers.indices, using: &random)]
    }
}

/// What a client knows of a cluster, and how slots change hands there: pure, without connections, locks or waiting.
///
/// A slot that the journal has entries for goes to a master only when that master has been told them. It learns them in
/// one of two ways: as its connection logs in, or by a hand-over (`settle`, then `finishHandOver`).
struct ClusterTable<Node> {
    /// What a new map comes to.
    struct Installation {
        /// Their slots were given to others: what was read there no longer counts.
        var losers: [Node] = []
        /// They serve no slot any more.
        var retired: [Node] = []
        /// Slots to be handed over, and their new masters.
        var unsettled: [(slot: HashSlot, owner: RedisEndpoint)] = []
    }

    enum HandOver {
        /// The journal has got more for the slot meanwhile: the new master has to be told that too.
        case goOn
        /// The slot is the new master's. What was read at `loser` no longer counts.
        case done(loser: Node?)
    }

    /// No cluster has more masters; a faulty node could name ever new ones.
    static var maximumNodes: Int { 1000 }

    private(set) var map = ClusterMap()
    private(set) var nodes: [RedisEndpoint: Node] = [:]
    /// Slots whose new master is being told what the journal has for them.
    private(set) var slotsInSettlement: Set<HashSlot> = []
    /// By slot: up to which number of the journal a master has been told that is to get it. What fails on the way goes on
    /// from there: begun anew each time, a long journal would never come to its end under load.
    private var told: [HashSlot: (endpoint: RedisEndpoint, number: UInt64)] = [:]
    private(set) var isClosed = false
    /// Why nobody told who serves which slot, and how often that was so.
    private(set) var failure: RedisError?
    private var failures = 0
    private let maximumNodes: Int

    init(maximumNodes: Int = Self.maximumNodes) {
        self.maximumNodes = maximumNodes
    }

    // MARK: Nodes

    /// - Parameter slot: `nil` for any master.
    func endpoint(of slot: HashSlot?) throws(RedisError) -> RedisEndpoint {
        let endpoint = if let slot { map.owner(of: slot) } else { map.masters.randomElement() }
        guard let endpoint else { throw .unavailable(reason: "no node of the cluster is known to serve the slot") }
        return endpoint
    }

    func node(of slot: HashSlot) -> Node? { map.owner(of: slot).flatMap { nodes[$0] } }

    /// - Parameter make: makes a node whose connection tells the server all that the journal has, before anything else.
    mutating func node(
        at endpoint: RedisEndpoint, make: () throws(RedisError) -> Node
    ) throws(RedisError) -> Node {
        guard !isClosed else { throw .shutDown }
        if let known = nodes[endpoint] { return known }
        guard nodes.count < maximumNodes else { throw .unavailable(reason: "the cluster names too many nodes") }
        let made = try make()
        nodes[endpoint] = made
        return made
    }

    /// - Returns: the nodes, which are forgotten.
    mutating func close() -> [Node] {
        isClosed = true
        defer { nodes = [:] }
        return Array(nodes.values)
    }

    mutating func note(_ failure: RedisError) {
        self.failure = failure
        failures += 1
    }

    /// Why no node is known, where that was found out since the caller began to wait: an older reason may have passed.
    /// - Parameter known: the caller's own; `nil` at first.
    func failure(since known: inout Int?) -> RedisError? {
        guard map.masters.isEmpty else { return nil }
        defer { known = known ?? failures }
        guard let known, failures > known else { return nil }
        return failure
    }

    // MARK: Slots

    /// Takes a new map. A slot that the journal has entries for stays with its former owner until the new one has been
    /// told; an owner without a connection is told as it logs in.
    /// - Parameter slots: those that the journal has entries for.
    mutating func install(_ new: ClusterMap, journalSlots slots: Set<HashSlot>) -> Installation {
        failure = nil
        var installation = Installation()
        var held = new
        for slot in slots {
            guard let owner = new.owner(of: slot), owner != map.owner(of: slot), nodes[owner] != nil else { continue }
            held.assign(slot, to: map.owner(of: slot))
            installation.unsettled.append((slot, owner))
        }
        installation.losers = map.losers(to: held).compactMap { nodes[$0] }
        map = held
        told = told.filter { new.owner(of: $0.key) == $0.value.endpoint }
        let masters = Set(held.masters)
        for (endpoint, node) in nodes where !masters.contains(endpoint) {
            nodes[endpoint] = nil
            installation.retired.append(node)
        }
        return installation
    }

    /// Begins to tell a master what the journal has for a slot: one for all who want it at once.
    /// - Returns: whether the caller is the one; it then calls `endSettlement`, whatever happens.
    mutating func beginSettlement(of slot: HashSlot) -> Bool {
        slotsInSettlement.insert(slot).inserted
    }

    mutating func endSettlement(of slot: HashSlot) {
        slotsInSettlement.remove(slot)
    }

    /// Up to which number of the journal a master has been told that is to get a slot.
    func told(_ slot: HashSlot, to endpoint: RedisEndpoint) -> UInt64 {
        guard let told = told[slot], told.endpoint == endpoint else { return 0 }
        return told.number
    }

    mutating func note(told number: UInt64, of slot: HashSlot, to endpoint: RedisEndpoint) {
        told[slot] = (endpoint, number)
    }

    /// Gives a slot to a master that has been told. What was acknowledged until now is in the journal, or its caller sees
    /// the new master.
    /// - Parameter hasMore: whether the journal has entries for the slot that the master has not been told.
    mutating func finishHandOver(of slot: HashSlot, to endpoint: RedisEndpoint, hasMore: Bool) -> HandOver {
        guard !hasMore else { return .goOn }
        let former = map.owner(of: slot)
        map.assign(slot, to: endpoint)
        told[slot] = nil
        // Should the slot return one day, what was read there before must not count.
        return .done(loser: former == endpoint ? nil : former.flatMap { nodes[$0] })
    }
}

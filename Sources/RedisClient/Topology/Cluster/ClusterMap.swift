/// Which master serves which slot, and who else is there to be asked.
struct ClusterMap: Sendable {
    private(set) var masters: [RedisEndpoint] = []
    /// The nodes that serve no slot, also those that are said to have failed.
    private(set) var replicas: Set<RedisEndpoint> = []
    /// The nodes of which the others say that they work. What is published at one is told to all of them.
    private(set) var members: Set<RedisEndpoint> = []
    private var places: [RedisEndpoint: UInt16] = [:]
    /// Positions in `masters`.
    private var owners = [UInt16](repeating: .max, count: HashSlot.count)
    /// Of the claim by which each slot has its owner.
    private var epochs = [Int64](repeating: ClusterView.unknownEpoch, count: HashSlot.count)
    /// When nodes last told all of this.
    private var toldAt = MonotonicTime(nanoseconds: .min)

    init() {}

    /// Puts together what several nodes tell: each slot has the owner with the most recent claim.
    /// - Parameters:
    ///   - former: what was known before. For `memory` it is not given up for older claims: perhaps only a node that was cut
    ///     off has answered. After that they count, as when a cluster was set up anew.
    /// - Returns: `nil` when nobody names a slot, or nobody knows where an owner is.
    init?(
        _ views: [ClusterView], remembering former: ClusterMap? = nil, for memory: Duration = .zero,
        now: MonotonicTime = .now()
    ) {
        let claims = ClusterClaims(views)
        guard !claims.isEmpty else { return nil }
        var isRemembered = false
        let silent = former.map { former in former.masters.map { !claims.speakers.contains($0) } } ?? []
        let isRecent = former.map { now < $0.toldAt + memory } ?? false
        for slot in 0..<HashSlot.count {
            let claim = claims.best[slot]
            if isRecent, let former, former.epochs[slot] > claim.epoch {
                let position = Int(former.owners[slot])
                if position < silent.count, silent[position] {
                    owners[slot] = place(of: former.masters[position])
                    epochs[slot] = former.epochs[slot]
                    isRemembered = true
                    continue
                }
            }
            // An owner of which nobody knows where it is has the slot all the same.
            guard let endpoint = claims.endpoint(of: claim) else { continue }
            owners[slot] = place(of: endpoint)
            epochs[slot] = claim.epoch
        }
        guard !masters.isEmpty else { return nil }
        toldAt = isRemembered ? former?.toldAt ?? now : now
        replicas = claims.known.subtracting(masters)
        members = claims.members
    }

    func owner(of slot: HashSlot) -> RedisEndpoint? {
        let position = Int(owners[Int(slot.number)])
        return position < masters.count ? masters[position] : nil
    }

    /// The masters that have a slot here, and not there.
    func losers(to other: ClusterMap) -> Set<RedisEndpoint> {
        let places = masters.map { other.places[$0] }
        var losers: Set<RedisEndpoint> = []
        for (mine, theirs) in zip(owners, other.owners) {
            let position = Int(mine)
            if position < masters.count, places[position] != theirs { losers.insert(masters[position]) }
        }
        return losers
    }

    /// Whether each slot has the same master there.
    func hasSameOwners(as other: ClusterMap) -> Bool {
        let places = masters.map { other.places[$0] }
        return zip(owners, other.owners).allSatisfy { mine, theirs in
            let position = Int(mine)
            return position < masters.count ? places[position] == theirs : Int(theirs) >= other.masters.count
        }
    }

    /// What a node said about one slot, without a word about how recent that is.
    mutating func assign(_ slot: HashSlot, to endpoint: RedisEndpoint?) {
        owners[Int(slot.number)] = endpoint.map { place(of: $0) } ?? .max
        epochs[Int(slot.number)] = ClusterView.unknownEpoch
    }

    private mutating func place(of endpoint: RedisEndpoint) -> UInt16 {
        if let known = places[endpoint] { return known }
        // No cluster is that large: it has a thousand nodes at most.
        guard masters.count < HashSlot.count else { return .max }
        masters.append(endpoint)
        let place = UInt16(masters.count - 1)
        places[endpoint] = place
        return place
    }
}

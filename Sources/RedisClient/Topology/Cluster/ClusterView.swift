/// A cluster as one of its nodes sees it: CLUSTER SLOTS tells where nodes are to be reached, CLUSTER NODES how recent their
/// claims are.
struct ClusterView: Sendable {
    /// That slots belong to a node.
    struct Claim: Sendable {
        let slots: ClosedRange<Int>
        let owner: String
        let epoch: Int64
    }

    /// Of a claim whose age is not known: older than any.
    static let unknownEpoch: Int64 = -1

    /// The ID of the node that answered; `nil` where it does not tell.
    let myself: String?
    private(set) var claims: [Claim] = []
    /// Where nodes are to be reached; those of which that is not known are left out.
    private(set) var endpoints: [String: RedisEndpoint] = [:]
    /// Nodes that the one that answered counts among those that work.
    private(set) var well: Set<String> = []
    /// Where the node is that answered.
    private(set) var speaker: Set<RedisEndpoint>

    init(
        _ slots: ClusterSlots, _ nodes: ClusterNodes = ClusterNodes(), answeredBy node: RedisEndpoint,
        addressMap: AddressMap = AddressMap()
    ) {
        myself = nodes.myself
        speaker = [node]
        /// - Parameter place: what CLUSTER SLOTS tells, which knows whether names are preferred.
        func note(_ id: String, _ place: ClusterSlots.Place?) {
            guard endpoints[id] == nil, let port = place?.port ?? nodes.byID[id]?.port else { return }
            var host = place?.address ?? nodes.byID[id]?.host
            var isAnnounced = true
            if case .named(let name)? = place?.host { host = name }
            let isMyself = nodes.byID[id]?.isMyself == true
            if place?.host == .ofAnswer || (host == nil && isMyself), case .tcp(let name, _) = node {
                // Reached there already: nothing to translate.
                (host, isAnnounced) = (name, false)
            }
            guard let host else { return }
            let endpoint = RedisEndpoint.tcp(host: host, port: port)
            endpoints[id] = isAnnounced ? addressMap.reachable(endpoint) : endpoint
        }
        for range in slots.ranges {
            let id = range.owner.name
            note(id, range.owner)
            let epoch = nodes.byID[id]?.epoch ?? Self.unknownEpoch
            claims.append(Claim(slots: range.slots, owner: id, epoch: epoch))
            well.insert(id)
        }
        for replica in slots.replicas {
            note(replica.name, replica)
            well.insert(replica.name)
        }
        for (id, other) in nodes.byID {
            note(id, nil)
            if other.isWell { well.insert(id) } else { well.remove(id) }
        }
        if let own = myself.flatMap({ endpoints[$0] }) { speaker.insert(own) }
    }
}

extension ClusterSlots.Place {
    /// Before Redis 4, whatever tells it from others.
    fileprivate var name: String { id ?? "\(host):\(port)" }
}

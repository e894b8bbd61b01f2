/// What the claims of several nodes come to: the decision that Redis' nodes make among themselves.
///
/// A slot belongs to the node whose claim has the highest epoch, whoever tells of it. What others say about a node does not
/// count once that node has spoken for itself: they may not know yet that it has given a slot away. Claims of the same age go
/// to the node that more nodes know as an owner, then to the lower ID, which wins also when nodes find that they share an
/// epoch.
struct ClusterClaims {
    struct Best {
        /// A position in the list of owners.
        var owner = -1
        var epoch = Int64.min
    }

    /// For each slot.
    private(set) var best = [Best](repeating: Best(), count: HashSlot.count)
    /// Where the nodes are that have answered.
    private(set) var speakers: Set<RedisEndpoint> = []
    private var owners: [String] = []
    private var endpoints: [String: RedisEndpoint] = [:]
    private let views: [ClusterView]

    init(_ views: [ClusterView]) {
        self.views = views
        for view in views { speakers.formUnion(view.speaker) }
        endpoints = Self.endpoints(in: views)
        judge()
    }

    var isEmpty: Bool { owners.isEmpty }

    /// `nil` where nobody claims the slot, or nobody knows where its owner is.
    func endpoint(of claim: Best) -> RedisEndpoint? {
        claim.owner < 0 ? nil : endpoints[owners[claim.owner]]
    }

    /// Every node that is named, as far as it can be reached.
    var known: Set<RedisEndpoint> { Set(endpoints.values) }

    /// More of the other nodes say that it works than say that it does not, or do not know it. Of a node about which no other
    /// one was asked, its own word counts.
    var members: Set<RedisEndpoint> {
        var members: Set<RedisEndpoint> = []
        for (id, endpoint) in endpoints {
            let others = views.filter { $0.myself != id }
            let voters = others.isEmpty ? views : others
            let friends = voters.count { $0.well.contains(id) }
            if 2 * friends > voters.count { members.insert(endpoint) }
        }
        return members
    }

    private mutating func judge() {
        let spoken = Set(views.compactMap(\.myself))
        let claims = views.map { view in
            view.claims.filter { $0.owner == view.myself || !spoken.contains($0.owner) }
        }
        var positions: [String: Int] = [:]
        var weights: [Int] = []
        for claims in claims {
            for owner in Set(claims.map(\.owner)) {
                if let position = positions[owner] {
                    weights[position] += 1
                } else {
                    positions[owner] = owners.count
                    owners.append(owner)
                    weights.append(1)
                }
            }
        }
        for claim in claims.joined() {
            guard let owner = positions[claim.owner] else { continue }
            for slot in claim.slots {
                let known = best[slot]
                guard known.owner >= 0 else {
                    best[slot] = Best(owner: owner, epoch: claim.epoch)
                    continue
                }
                guard claim.epoch >= known.epoch, owner != known.owner || claim.epoch > known.epoch else { continue }
                if claim.epoch > known.epoch
                    || (weights[owner], owners[known.owner]) > (weights[known.owner], claim.owner)
                {
                    best[slot] = Best(owner: owner, epoch: claim.epoch)
                }
            }
        }
    }

    /// Where most say that a node is.
    private static func endpoints(in views: [ClusterView]) -> [String: RedisEndpoint] {
        var votes: [String: [RedisEndpoint: Int]] = [:]
        for view in views {
            for (id, endpoint) in view.endpoints { votes[id, default: [:]][endpoint, default: 0] += 1 }
        }
        return votes.compactMapValues { votes in
            votes.max { ($0.value, "\($1.key)") < ($1.value, "\($0.key)") }?.key
        }
    }
}

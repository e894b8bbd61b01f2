import TestSupport
import Testing

@testable import RedisClient

@Suite("The claims of several nodes")
struct ClusterClaimsTests {
    private typealias Peer = NodeAnswer.Peer
    private let start = MonotonicTime(nanoseconds: 0)

    private func views(_ answers: NodeAnswer...) throws -> [ClusterView] { try answers.compactMap { try $0.view() } }

    /// Case 9: a master that was cut off, and its successor.
    private let stale = NodeAnswer(id: "a", peers: [Peer(id: "a", epoch: 1, slots: 0...16_383)])
    private let current = NodeAnswer(
        id: "b", peers: [Peer(id: "b", epoch: 2, slots: 0...16_383), Peer(id: "a", flags: "slave,fail")])

    @Test("come to the one with the highest epoch, whoever answers first")
    func epochs() throws {
        for views in [try views(stale, current), try views(current, stale)] {
            #expect(ClusterMap(views)?.host(of: 7) == "b")
        }
    }

    @Test("are not given up for older ones when only a node answers that was cut off, for a while")
    func memory() throws {
        let known = try #require(ClusterMap(try views(current), now: start))
        func map(after time: Duration, _ views: [ClusterView]) -> ClusterMap? {
            ClusterMap(views, remembering: known, for: .seconds(30), now: start + time)
        }
        let old = try views(stale)
        #expect(map(after: .seconds(29), old)?.host(of: 7) == "b")
        #expect(map(after: .seconds(30), old)?.host(of: 7) == "a")
        // What is remembered grows no younger by being remembered.
        let remembered = map(after: .seconds(29), old)
        #expect(
            ClusterMap(old, remembering: remembered, for: .seconds(30), now: start + .seconds(31))?.host(of: 7) == "a")
    }

    @Test("are given up at once when their owner says that it serves other slots, or none")
    func ownWord() throws {
        let known = try #require(ClusterMap(try views(current), now: start))
        let demoted = NodeAnswer(
            id: "b", peers: [Peer(id: "a", epoch: 1, slots: 0...16_383), Peer(id: "b", flags: "slave")])
        let map = ClusterMap(try views(demoted), remembering: known, for: .seconds(30), now: start + .seconds(1))
        #expect(map?.host(of: 7) == "a")
    }

    @Test("that others make for a node do not count once it has spoken for itself")
    func otherWord() throws {
        // `a` has given slot 7 to `b`, and then won others; `c` has heard of the epoch, not of slot 7.
        let peers = [Peer(id: "a", epoch: 9, slots: 8...16_383), Peer(id: "b", epoch: 5, slots: 0...7)]
        let behind = [Peer(id: "a", epoch: 9, slots: 0...16_383), Peer(id: "c", flags: "slave")]
        let (a, c) = (NodeAnswer(id: "a", peers: peers), NodeAnswer(id: "c", peers: behind))
        #expect(ClusterMap(try views(c))?.host(of: 7) == "a")
        #expect(ClusterMap(try views(c, a))?.host(of: 7) == "b")
        #expect(ClusterMap(try views(a, c))?.host(of: 8) == "a")
    }

    @Test("of the same age go to the owner that more nodes know, then to the lower ID")
    func ties() throws {
        let one = NodeAnswer(id: "x", peers: [Peer(id: "b", epoch: 3, slots: 0...16_383)])
        let other = NodeAnswer(id: "y", peers: [Peer(id: "a", epoch: 3, slots: 0...16_383)])
        let third = NodeAnswer(id: "z", peers: [Peer(id: "b", epoch: 3, slots: 0...16_383)])
        #expect(ClusterMap(try views(one, other))?.host(of: 7) == "a")
        #expect(ClusterMap(try views(other, one))?.host(of: 7) == "a")
        #expect(ClusterMap(try views(other, one, third))?.host(of: 7) == "b")
    }

    @Test("have no part in it where an epoch makes no sense")
    func nonsense() throws {
        for epoch in [Int64.min, -2, -1] {
            let liar = NodeAnswer(id: "a", peers: [Peer(id: "a", epoch: epoch, slots: 0...16_383)])
            #expect(ClusterMap(try views(liar, current))?.host(of: 7) == "b")
            _ = ClusterMap(try views(liar))
        }
        let last = NodeAnswer(id: "a", peers: [Peer(id: "a", epoch: .max, slots: 0...16_383)])
        #expect(ClusterMap(try views(last, current))?.host(of: 7) == "a")
    }

    @Test("make members of the nodes of which others say that they work")
    func members() throws {
        let peers = [Peer(id: "a", slots: 0...16_383), Peer(id: "b", flags: "slave")]
        let removed = NodeAnswer(id: "d", peers: peers + [Peer(id: "d", flags: "slave")])
        let failed = peers + [Peer(id: "c", flags: "slave,fail")]
        let map = ClusterMap(
            try views(NodeAnswer(id: "a", peers: failed), NodeAnswer(id: "b", peers: failed), removed))
        #expect(map?.members == [.tcp(host: "a", port: 1), .tcp(host: "b", port: 1)])
        #expect(map?.replicas.count == 3)
    }

    /// Nodes that each know the cluster as it was at some time: one that is up to date is enough.
    @Test("come to the truth whenever a node tells it", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let ids = (0..<4).map { "n\($0)" }
        var epochs = Dictionary(uniqueKeysWithValues: ids.map { ($0, Int64(0)) })
        var owners = (0..<3).map { _ in ids.randomElement(using: &random) ?? "" }
        var history: [(owners: [String], epochs: [String: Int64])] = []
        for epoch in 1...6 as ClosedRange<Int64> {
            // Whoever wins a slot gets a new epoch.
            let winner = ids.randomElement(using: &random) ?? ""
            owners[Int.random(in: 0..<3, using: &random)] = winner
            epochs[winner] = epoch
            history.append((owners, epochs))
        }
        let now = try #require(history.last)
        var answers: [NodeAnswer] = []
        var upToDate: Set<String> = []
        for id in ids.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)) {
            let isBehind = Bool.random(using: &random)
            let known = isBehind ? history[Int.random(in: 0..<6, using: &random)] : now
            if !isBehind { upToDate.insert(id) }
            answers.append(
                NodeAnswer(
                    id: id,
                    peers: known.owners.enumerated().map { Peer(id: $1, epoch: known.epochs[$1] ?? 0, slots: $0...$0) }
                        + ids.map { Peer(id: $0, epoch: known.epochs[$0] ?? 0) }))
        }
        let views = try answers.compactMap { try $0.view() }
        let map = try #require(ClusterMap(views))
        let reversed = ClusterMap(views.reversed())
        for (slot, owner) in now.owners.enumerated() {
            #expect(map.host(of: slot) == reversed?.host(of: slot), "the order of the answers decides")
            // Its own word counts: what a node that is behind says of itself is what it would answer to a command.
            let isOwnerBehind = answers.contains { $0.id == owner } && !upToDate.contains(owner)
            if !upToDate.isEmpty, !isOwnerBehind { #expect(map.host(of: slot) == owner) }
        }
    }
}

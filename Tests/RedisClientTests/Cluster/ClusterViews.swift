@testable import RedisClient

/// What a node of a cluster answers, spelled as Redis does.
struct NodeAnswer {
    struct Peer {
        let id: String
        var epoch: Int64 = 1
        var flags = "master"
        var slots: ClosedRange<Int>?
    }

    let id: String
    let peers: [Peer]

    /// `nil` when it names no slot.
    func view() throws -> ClusterView? {
        let owners = peers.filter { $0.slots != nil }
        let ranges = owners.map { peer in
            "*3\r\n:\(peer.slots?.first ?? 0)\r\n:\(peer.slots?.last ?? 0)\r\n"
                + "*3\r\n\(bulk(peer.id)):1\r\n\(bulk(peer.id))"
        }
        let nodes = peers.map { peer in
            let flags = peer.id == id ? "myself,\(peer.flags)" : peer.flags
            return "\(peer.id) \(peer.id):1@2 \(flags) - 0 0 \(peer.epoch) connected"
        }
        let slots = try ReceivedReplies.each(in: "*\(ranges.count)\r\n" + ranges.joined()) { ClusterSlots($0) }
        return slots.first?.flatMap {
            ClusterView($0, ClusterNodes(nodes.joined(separator: "\n")), answeredBy: .tcp(host: id, port: 1))
        }
    }

    private func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
}

extension ClusterMap {
    /// The host of a slot's owner.
    func host(of slot: Int) -> String? {
        guard case .tcp(let host, _)? = HashSlot(slot).flatMap({ owner(of: $0) }) else { return nil }
        return host
    }
}

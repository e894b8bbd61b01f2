/// The answer to CLUSTER SLOTS: `[first, last, master, replica…]…`, a node being `[host, port, ID, metadata]`.
struct ClusterSlots: Sendable {
    /// How a node is to be reached, as far as the answer tells.
    struct Place: Hashable, Sendable {
        enum Host: Hashable, Sendable {
            case named(String)
            /// Null: the host by which the node was reached that answered.
            case ofAnswer
            /// Empty, or `?`: the node has no name or does not know its address.
            case unknown
        }

        let host: Host
        let port: UInt16
        /// `nil` before Redis 4.
        let id: String?
        /// The address in the metadata (Redis 7).
        let address: String?
    }

    struct Range: Sendable {
        let slots: ClosedRange<Int>
        let owner: Place
    }

    private(set) var ranges: [Range] = []
    private(set) var replicas: Set<Place> = []

    /// `nil` when it names no slot.
    init?(_ reply: borrowing RedisReply) {
        guard let count = reply.count else { return nil }
        var covered = 0
        // An honest answer names each slot once. One that does not must not keep the thread that reads it.
        for position in 0..<count where covered < HashSlot.count {
            guard let size = reply[position].count, size >= 3,
                let first = reply[position][0].integer, let last = reply[position][1].integer,
                first >= 0, first <= last, last < HashSlot.count, let owner = Place(reply[position][2])
            else { continue }
            covered += Int(last - first) + 1
            // No slot twice: a faulty node could name all of them again and again.
            guard covered <= HashSlot.count else { return nil }
            ranges.append(Range(slots: Int(first)...Int(last), owner: owner))
            for other in 3..<max(size, 3) {
                if let replica = Place(reply[position][other]) { replicas.insert(replica) }
            }
        }
        if covered == 0 { return nil }
    }
}

extension ClusterSlots.Place {
    init?(_ reply: borrowing RedisReply) {
        guard let number = reply[1].integer, let port = UInt16(exactly: number), port > 0 else { return nil }
        self.port = port
        if reply[0].isNull {
            host = .ofAnswer
        } else if let text = reply[0].string, !text.isEmpty, text != "?" {
            host = .named(text)
        } else {
            host = .unknown
        }
        id = reply[2].string
        address = Self.address(in: reply[3])
    }

    /// Field names and values in turn.
    private static func address(in metadata: borrowing RedisReply) -> String? {
        for position in stride(from: 0, to: min(metadata.count ?? 0, 16) - 1, by: 2)
        where metadata[position].string == "ip" {
            return metadata[position + 1].string.flatMap { $0.isEmpty ? nil : $0 }
        }
        return nil
    }
}

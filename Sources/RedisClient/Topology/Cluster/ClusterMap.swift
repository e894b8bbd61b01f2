/// Which master serves which slot, and who else is there to be asked.
struct ClusterMap: Sendable {
    private(set) var masters: [RedisEndpoint] = []
    private(set) var replicas: Set<RedisEndpoint> = []
    private var places: [RedisEndpoint: UInt16] = [:]
    /// Positions in `masters`.
    private var owners = [UInt16](repeating: .max, count: HashSlot.count)

    init() {}

    /// Reads the answer to CLUSTER SLOTS: `[first, last, master, replica…]…`, a node being `[host, port, …]`. An
    /// empty or missing host is that of the node that answered. `nil` when it names no slot.
    init?(slots reply: borrowing RedisReply, answeredBy node: RedisEndpoint) {
        guard let count = reply.count else { return nil }
        var covered = 0
        // An honest answer names each slot once. One that does not must not keep the thread that reads it.
        for position in 0..<count where covered < HashSlot.count {
            guard let size = reply[position].count, size >= 3,
                let first = reply[position][0].integer, let last = reply[position][1].integer,
                first >= 0, first <= last, last < HashSlot.count,
                let master = Self.endpoint(reply[position][2], answeredBy: node)
            else { continue }
            covered += Int(last - first) + 1
            // No slot twice: a mad node could name all of them again and again.
            guard covered <= HashSlot.count else { return nil }
            let owner = place(of: master)
            for slot in first...last { owners[Int(slot)] = owner }
            for other in 3..<max(size, 3) {
                if let replica = Self.endpoint(reply[position][other], answeredBy: node) { replicas.insert(replica) }
            }
        }
        if covered == 0 { return nil }
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

    /// What a node said about one slot.
    mutating func assign(_ slot: HashSlot, to endpoint: RedisEndpoint?) {
        owners[Int(slot.number)] = endpoint.map { place(of: $0) } ?? .max
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

    private static func endpoint(_ reply: borrowing RedisReply, answeredBy node: RedisEndpoint) -> RedisEndpoint? {
        guard let number = reply[1].integer, let port = UInt16(exactly: number), port > 0 else { return nil }
        if let host = reply[0].string, !host.isEmpty, host != "?" { return .tcp(host: host, port: port) }
        guard case .tcp(let host, _) = node else { return nil }
        return .tcp(host: host, port: port)
    }
}

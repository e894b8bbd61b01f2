/// The answer to CLUSTER NODES: of each node its ID, its address, what the one that answers thinks of it, and the epoch of
/// its claims. `<id> <host>:<port>@<bus port>[,<name>…] <flags> <master> <ping> <pong> <epoch> <link> <slot>…`
struct ClusterNodes: Sendable {
    struct Node: Sendable {
        /// `nil` where the one that answers does not know it, perhaps because it is its own.
        let host: String?
        let port: UInt16
        /// Higher for whoever won a slot later.
        let epoch: Int64
        let isMyself: Bool
        /// Whether the one that answers counts it among the nodes that work.
        let isWell: Bool
    }

    private(set) var byID: [String: Node] = [:]
    private(set) var myself: String?

    /// A thousand is the most that Redis recommends.
    private static let maximumNodes = 4096

    init() {}

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline).prefix(Self.maximumNodes) {
            let fields = line.split(separator: " ", maxSplits: 8)
            guard fields.count >= 8, let epoch = Int64(fields[6]), epoch >= 0 else { continue }
            let address = fields[1].prefix { $0 != "@" && $0 != "," }
            guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]),
                port > 0
            else { continue }
            let flags = fields[2].split(separator: ",")
            let host = address[..<colon]
            let node = Node(
                host: host.isEmpty || host == "?" ? nil : String(host), port: port, epoch: epoch,
                isMyself: flags.contains("myself"),
                isWell: !flags.contains { ["fail", "noaddr", "handshake"].contains($0) })
            byID[String(fields[0])] = node
            if node.isMyself { myself = String(fields[0]) }
        }
    }
}

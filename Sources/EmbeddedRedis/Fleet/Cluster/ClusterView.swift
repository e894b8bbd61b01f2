/// A cluster as one of its nodes sees it: what `CLUSTER NODES` says.
struct ClusterView: Sendable {
    struct Entry: Sendable {
        let id: String
        let flags: Set<String>
        /// Of a replica.
        let masterID: String?
        let epoch: Int
        /// In ascending order, as far as they are settled: those under way are not among them.
        let slots: [ClosedRange<Int>]

        var isMyself: Bool { flags.contains("myself") }
        var isUsable: Bool { flags.isDisjoint(with: ["fail", "fail?", "handshake", "noaddr"]) }
    }

    let entries: [Entry]

    init(parsing text: String) {
        entries = text.split(whereSeparator: \.isNewline).compactMap(Entry.init(parsing:))
    }

    var myself: Entry? { entries.first(where: \.isMyself) }
}

extension ClusterView.Entry {
    /// `<id> <address> <flags> <master> <ping-sent> <pong-received> <epoch> <link-state> <slot> ...`
    init?(parsing line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count >= 8, let epoch = Int(fields[6]) else { return nil }
        id = String(fields[0])
        flags = Set(fields[2].split(separator: ",").map(String.init))
        masterID = fields[3] == "-" ? nil : String(fields[3])
        self.epoch = epoch
        // `[93->-<id>]` and `[93-<-<id>]` are slots under way.
        slots = fields.dropFirst(8).filter { !$0.hasPrefix("[") }.compactMap { field in
            let ends = field.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last else { return nil }
            return first...last
        }
    }
}

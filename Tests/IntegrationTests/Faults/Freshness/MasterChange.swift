/// How a master loses its place to its replica, seen by a client that has an open connection to it.
enum MasterChange: String, CaseIterable, Sendable {
    /// It is demoted, and the address leads to the successor. Open connections stay at the old one.
    case demoted
    /// It still calls itself a master. The name leads to the successor's address.
    case renamed
    /// The address leads to the successor, and the open connections are cut without a word.
    case cut
    /// It is demoted and does not reach its successor, and the address still leads to it.
    case stranded

    /// Whether a client can find the successor.
    var leadsToSuccessor: Bool { self != .stranded }
}

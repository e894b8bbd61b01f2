/// What a slice came to.
struct PairTally: Encodable {
    var count = 0
    var seconds = 0.0
    /// Of one operation, as its task sees it; 0 where there are several in each measurement.
    var p50us = 0.0
    /// Processor time of the whole process.
    var processorUs = 0.0
}

/// One task's share of a slice.
struct PairShare: Sendable {
    var count = 0
    private(set) var nanoseconds: [Int64] = []

    mutating func record(_ latency: Duration) {
        let (seconds, attoseconds) = latency.components
        nanoseconds.append(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    mutating func add(_ other: PairShare) {
        count += other.count
        nanoseconds += other.nanoseconds
    }

    var p50us: Double {
        nanoseconds.isEmpty ? 0 : Double(nanoseconds.sorted()[nanoseconds.count / 2]) / 1000
    }
}

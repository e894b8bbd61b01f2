/// How often each latency was seen, to within one part in 64, in a fixed amount of memory however many there were: the
/// idea of HdrHistogram. A list of all of them would grow, and growing would be measured too.
struct Histogram {
    /// In the order of size: nanoseconds below 64 one by one, then 64 for each power of two.
    private var counts = [Int](repeating: 0, count: 64 * 40)
    private(set) var count = 0

    mutating func record(_ latency: Duration) {
        let (seconds, attoseconds) = latency.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        counts[min(Self.bucket(UInt64(max(nanoseconds, 0))), counts.count - 1)] += 1
        count += 1
    }

    mutating func add(_ other: Histogram) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        count += other.count
    }

    /// The latency, in microseconds, that this part of all did not exceed; 0 when there are none.
    func microseconds(atPart part: Double) -> Double {
        let rank = Int((Double(count) * part).rounded(.up))
        var passed = 0
        for bucket in counts.indices {
            passed += counts[bucket]
            if passed >= rank, passed > 0 { return Self.highest(bucket) / 1000 }
        }
        return 0
    }

    private static func bucket(_ nanoseconds: UInt64) -> Int {
        guard nanoseconds >= 64 else { return Int(nanoseconds) }
        // Between 64 and 127 after the shift: the power of two decides which 64, the rest which of them.
        let shift = 57 - nanoseconds.leadingZeroBitCount
        return 64 * shift + Int(nanoseconds >> UInt64(shift))
    }

    /// The highest latency that falls into a bucket, in nanoseconds.
    private static func highest(_ bucket: Int) -> Double {
        guard bucket >= 128 else { return Double(bucket) }
        let shift = bucket / 64 - 1
        return Double(((UInt64(bucket % 64) + 65) << UInt64(shift)) - 1)
    }
}

import TestSupport
import Testing

@testable import sessionctl

@Suite("The histogram of latencies")
struct HistogramTests {
    @Test("is right to within one part in 64, from nanoseconds to minutes")
    func precision() {
        var nanoseconds = 1.0
        while nanoseconds < 600e9 {
            var histogram = Histogram()
            histogram.record(.nanoseconds(Int64(nanoseconds)))
            let read = histogram.microseconds(atPart: 0.5) * 1000
            #expect(read >= Double(Int64(nanoseconds)))
            #expect(read <= nanoseconds * 65 / 64 + 1)
            nanoseconds *= 1.07
        }
    }

    @Test("agrees with a sorted list of the same latencies")
    func percentiles() {
        var random = SplitMix64(seed: 7)
        let latencies = (0..<10_000).map { _ in
            let magnitude = Int64.random(in: 1...1 << 30, using: &random)
            return Int64.random(in: 0...magnitude, using: &random)
        }
        let parts = (0..<4).map { part in
            latencies.indices.filter { $0 % 4 == part }.reduce(into: Histogram()) {
                $0.record(.nanoseconds(latencies[$1]))
            }
        }
        let all = parts.reduce(into: Histogram()) { $0.add($1) }
        let sorted = latencies.sorted()
        for part in [0.01, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = Double(sorted[Int((part * 10_000).rounded(.up)) - 1])
            let read = all.microseconds(atPart: part) * 1000
            #expect(read >= exact && read <= exact * 65 / 64 + 1)
        }
    }

    @Test("of nothing says nothing, and takes what is out of range")
    func extremes() {
        var histogram = Histogram()
        #expect(histogram.microseconds(atPart: 0.99) == 0)
        histogram.record(.zero)
        histogram.record(.nanoseconds(-5))
        #expect(histogram.microseconds(atPart: 1) == 0)
        histogram.record(.seconds(1_000_000))
        #expect(histogram.microseconds(atPart: 1) > 1e9)
        #expect(histogram.count == 3)
    }
}

import Foundation
import TestSupport
import Testing

@testable import SessionRepository

@Suite("Times in Unix milliseconds")
struct TimeTests {
    private static let end: Int64 = 253_402_300_799_999

    @Test("survive the way through a date", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let milliseconds = Int64.random(in: 0...Self.end, using: &random)
            #expect(Date(unixMilliseconds: milliseconds).unixMilliseconds == milliseconds, "seed \(seed)")
        }
    }

    @Test("reach from 1970 to the end of 9999")
    func range() {
        #expect(Date(unixMilliseconds: 0) == Date(timeIntervalSince1970: 0))
        #expect(Date(unixMilliseconds: 0).unixMilliseconds == 0)
        #expect(Date(unixMilliseconds: Self.end).unixMilliseconds == Self.end)
        #expect(Date(unixMilliseconds: -1).unixMilliseconds == nil)
        #expect(Date(unixMilliseconds: Self.end + 1).unixMilliseconds == nil)
    }

    @Test("there are none for what is no time")
    func nonsense() {
        for seconds in [.nan, .infinity, -.infinity, .greatestFiniteMagnitude, 1e300] as [Double] {
            #expect(Date(timeIntervalSince1970: seconds).unixMilliseconds == nil)
        }
        #expect(Date.distantPast.unixMilliseconds == nil)
    }

    @Test("are rounded to the nearest millisecond")
    func rounding() {
        #expect(Date(timeIntervalSince1970: 1.0004).unixMilliseconds == 1000)
        #expect(Date(timeIntervalSince1970: 1.0006).unixMilliseconds == 1001)
    }
}

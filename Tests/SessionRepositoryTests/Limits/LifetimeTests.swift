import Testing

@testable import SessionRepository

private let longest = Duration.seconds(400 * 86_400)

@Suite("Lifetimes")
struct LifetimeTests {
    private func milliseconds(_ duration: Duration) throws -> Int64 {
        try InputLimits.lifetime(duration, field: "lifetime")
    }

    @Test("are rounded up to whole milliseconds, so that none becomes zero")
    func rounding() throws {
        #expect(try milliseconds(.nanoseconds(1)) == 1)
        #expect(try milliseconds(Duration(secondsComponent: 0, attosecondsComponent: 1)) == 1)
        #expect(try milliseconds(.milliseconds(1)) == 1)
        #expect(try milliseconds(.microseconds(1001)) == 2)
        #expect(try milliseconds(.seconds(1)) == 1000)
        #expect(try milliseconds(.milliseconds(1999) + .nanoseconds(1)) == 2000)
    }

    @Test("are at most 400 days, exactly")
    func longestLifetime() throws {
        #expect(try milliseconds(longest) == 34_560_000_000)
        #expect(try milliseconds(longest + .nanoseconds(-1)) == 34_560_000_000)
    }

    @Test(
        "are refused when they are zero, negative or too long",
        arguments: [
            .zero, .nanoseconds(-1), .seconds(-86_400), .seconds(Int64.min), longest + .nanoseconds(1),
            longest + Duration(secondsComponent: 0, attosecondsComponent: 1), .seconds(Int64.max),
        ] as [Duration])
    func refused(duration: Duration) {
        let refusal = refusal { () throws(SessionRepositoryError) in
            _ = try InputLimits.lifetime(duration, field: "idle timeout")
        }
        #expect(refusal == Refusal(name: "idle timeout", problem: "it must be positive and at most 400 days"))
    }
}

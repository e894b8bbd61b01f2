import Foundation
import SessionRepository
import Testing

@testable import sessionctl

@Suite("What people type")
struct InputTests {
    static let durations: [(String, Duration)] = [
        ("30d", .seconds(2_592_000)), ("2h", .seconds(7200)), ("90m", .seconds(5400)), ("45s", .seconds(45)),
        ("500ms", .milliseconds(500)), ("1h30m", .seconds(5400)), ("1d2h3m4s5ms", .milliseconds(93_784_005)),
        ("0s", .zero),
    ]

    @Test("durations are read", arguments: durations)
    func duration(text: String, expected: Duration) throws {
        #expect(try DurationText.duration(text, field: "x") == expected)
    }

    @Test(
        "anything else is not a duration",
        arguments: [
            "", "5", "s", "-5s", "+5s", "5 s", "1.5h", "5S", "5w", "30m1h", "1h1h", "1h30", "٣s", "9999999999d",
        ])
    func noDuration(text: String) {
        #expect(throws: SessionRepositoryError.self) { try DurationText.duration(text, field: "x") }
    }

    static let times: [(String, Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("2030-06-30T18:00:00Z", 1_909_072_800_000),
        ("2030-06-30T18:00:00.001Z", 1_909_072_800_001), ("2030-06-30T18:00:00.5+02:00", 1_909_065_600_500),
        ("2030-06-30T18:00:00-05:30", 1_909_092_600_000), ("2028-02-29t23:59:59.9999z", 1_835_481_599_999),
        ("2000-02-29T00:00:00Z", 951_782_400_000), ("2100-03-01T00:00:00+23:59", 4_107_542_400_000 - 86_340_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("1970-01-01T01:00:00+01:00", 0),
    ]

    @Test("times are read to the millisecond", arguments: times)
    func time(text: String, milliseconds: Int64) throws {
        #expect(try RFC3339.date(text, field: "x").unixMilliseconds == milliseconds)
    }

    @Test(
        "anything else is not a time, and neither is a date that does not exist",
        arguments: [
            "", "tomorrow", "2030-06-30", "2030-13-01T00:00:00Z", "2030-00-01T00:00:00Z", "2026-11-31T12:00:00Z",
            "2030-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2030-06-00T00:00:00Z", "2030-06-30T24:00:00Z",
            "2030-06-30T23:60:00Z", "2030-06-30T23:59:60Z", "2030-06-30T18:00:00Zjunk", "2030-06-30T18:00:00Z ",
            " 2030-06-30T18:00:00Z", "2030-06-30T18:00:00", "2030-06-30T18:00:00.Z", "2030-06-30T18:00:00,5Z",
            "2030-06-30T18:00:00+2", "2030-06-30T18:00:00+0200", "2030-06-30T18:00:00+24:00",
            "2030-06-30T18:00:00+02:60", "2030-6-30T18:00:00Z", "20300630T180000Z", "2030-06-30 18:00:00Z",
            "+2030-06-30T18:00:00Z", "12030-06-30T18:00:00Z", "2030-06-30T18:00:00Z\n", "२०३०-06-30T18:00:00Z",
        ])
    func noTime(text: String) {
        #expect(throws: SessionRepositoryError.self) { try RFC3339.date(text, field: "x") }
    }

    @Test("times are written with exactly the milliseconds that were stored")
    func writtenTime() {
        for milliseconds in Int64(1_909_072_800_000)..<1_909_072_801_000 {
            let text = RFC3339.text(Date(unixMilliseconds: milliseconds))
            #expect(text == "2030-06-30T18:00:00.\(String(milliseconds - 1_909_072_800_000 + 1000).dropFirst())Z")
        }
    }

    @Test("--json counts wherever it stands, but not behind --")
    func json() {
        let leading = Invocation(arguments: ["--json", "session", "list", "u"])
        #expect(leading.wantsJSON)
        #expect(leading.arguments == ["session", "list", "u", "--json"])
        let operand = Invocation(arguments: ["session", "list", "--", "--json"])
        #expect(!operand.wantsJSON)
        #expect(operand.arguments == ["session", "list", "--", "--json"])
        let both = Invocation(arguments: ["session", "--json", "list", "--", "--json"])
        #expect(both.arguments == ["session", "list", "--json", "--", "--json"])
    }
}

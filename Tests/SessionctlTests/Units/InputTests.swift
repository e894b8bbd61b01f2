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
        ("2030-06-30T18:00:00-05:30", 1_909_092_600_000),
    ]

    @Test("times are read to the millisecond", arguments: times)
    func time(text: String, milliseconds: Int64) throws {
        #expect(try RFC3339.date(text, field: "x").unixMilliseconds == milliseconds)
    }

    @Test("anything else is not a time", arguments: ["", "tomorrow", "2030-06-30", "2030-13-01T00:00:00Z"])
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

import Foundation
import SessionRepository
import Testing

@testable import sessionctl

@Suite("What people read")
struct OutputTests {
    static let amounts: [(TimeInterval, String)] = [
        (0, "now"), (-0.4, "now"), (-1, "1 second ago"), (59.4, "in 59 seconds"), (59.6, "in 1 minute"),
        (-180, "3 minutes ago"), (3600, "in 1 hour"), (-47 * 3600, "47 hours ago"), (48 * 3600, "in 2 days"),
        (14 * 86_400 - 1, "in 14 days"),
    ]

    @Test("times are relative", arguments: amounts)
    func relative(seconds: TimeInterval, expected: String) {
        let now = Date(unixMilliseconds: 1_900_000_000_000)
        #expect(Presentation(now: now, style: .plain).relative(now.addingTimeInterval(seconds)) == expected)
    }

    static let widths: [(String, Int)] = [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("受付", 4), ("ｶﾅ", 2), ("📱", 2), ("👩‍💻", 2), ("❤️", 2), ("한국", 4),
    ]

    @Test("wide characters take two columns", arguments: widths)
    func columns(text: String, expected: Int) {
        #expect(text.columns == expected)
    }

    @Test("text is cut to columns, not to characters")
    func cut() {
        #expect("受付の人".cut(toColumns: 8) == "受付の人")
        #expect("受付の人".cut(toColumns: 7) == "受付の…")
        #expect("abcdef".cut(toColumns: 4) == "abc…")
    }

    @Test("a table is aligned whatever it holds, and coloured without shifting")
    func table() {
        let table = Table(heading: ["A", "B"], rows: [[Cell("受付", .bad), Cell("x")], [Cell("abc"), Cell(nil)]])
        #expect(table.rendered(.plain) == "A     B\n受付  x\nabc   –")
        #expect(table.rendered(Style(isColoured: true)).contains("\u{1B}[31m受付\u{1B}[0m  x"))
    }

    @Test("harmless text stays as it is", arguments: ["iPhone d’Élodie", "受付", "👩‍💻", "a\\b"])
    func harmless(text: String) {
        #expect(PlainText.line(text) == text)
    }

    @Test("words for a shell are quoted where that is needed")
    func quoted() {
        #expect(RedisCLI.quoted("sr-demo") == "sr-demo")
        #expect(RedisCLI.quoted("sr:user:{x}:a b") == "'sr:user:{x}:a b'")
        #expect(RedisCLI.quoted("it's") == #"'it'\''s'"#)
        #expect(RedisCLI.quoted("") == "''")
    }

    @Test("progress tells how far, how many, how fast and how long")
    func progress() {
        let half = EveryoneOutProgress(users: 500, terminated: 1200, fraction: 0.5)
        #expect(
            ProgressLine.text(half, elapsed: .seconds(10))
                == "████████████░░░░░░░░░░░░ 50%  1200 sessions of 500 users  50 users/s  10 s left")
        let none = EveryoneOutProgress(users: 0, terminated: 0, fraction: 0)
        #expect(ProgressLine.text(none, elapsed: .zero).hasSuffix("0 users/s"))
        let all = EveryoneOutProgress(users: 1, terminated: 1, fraction: 1)
        #expect(ProgressLine.text(all, elapsed: .seconds(1)).hasSuffix("1 users/s"))
    }

    static let statuses: [(SessionRepositoryError, Int32)] = [
        (.invalidInput(field: "", problem: ""), 64), (.invalidConfiguration(setting: "", problem: ""), 64),
        (.sessionLimitReached(limit: 1), 1), (.loginSuperseded(by: .everyoneOut), 1), (.loginTicketExpired, 1),
        (.identifierTaken(""), 1),
        (.storeUnavailable(reason: ""), 69), (.timedOut, 69), (.overloaded, 69), (.storeFull, 69), (.shutDown, 69),
        (.storeRefused(code: "", message: ""), 69), (.storeRefused(code: "NOPERM", message: ""), 77),
        (.storeRefused(code: "WRONGPASS", message: ""), 77), (.storeRefused(code: "NOAUTH", message: ""), 77),
        (.corruptRecord(key: "", problem: ""), 70),
    ]

    @Test("each error has its exit status", arguments: statuses)
    func status(error: SessionRepositoryError, expected: Int32) {
        #expect(Failure(error).status.rawValue == expected)
        #expect(Failure(error).code == error.code)
    }
}

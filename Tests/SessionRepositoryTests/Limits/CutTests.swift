import TestSupport
import Testing

@testable import SessionRepository

@Suite("Cutting what clients call themselves")
struct CutTests {
    private static let family = "👩‍👩‍👧‍👦"

    @Test("leaves alone what fits")
    func fits() {
        #expect(InputLimits.cut("Firefox", to: 256) == "Firefox")
        #expect(InputLimits.cut(String(repeating: "x", count: 256), to: 256)?.utf8.count == 256)
    }

    @Test("takes nothing and the empty text for nothing")
    func nothing() {
        #expect(InputLimits.cut(nil, to: 256) == nil)
        #expect(InputLimits.cut("", to: 256) == nil)
    }

    @Test("cuts at the byte limit where characters are bytes")
    func ascii() {
        #expect(InputLimits.cut(String(repeating: "x", count: 5000), to: 1024) == String(repeating: "x", count: 1024))
    }

    @Test("never cuts through a character")
    func boundary() {
        // 25 bytes each: ten of them are 250, and the eleventh does not fit.
        #expect(Self.family.utf8.count == 25)
        #expect(
            InputLimits.cut(String(repeating: Self.family, count: 20), to: 256)
                == String(repeating: Self.family, count: 10))
        let accented = String(repeating: "e\u{301}", count: 200)
        #expect(InputLimits.cut(accented, to: 256) == String(repeating: "e\u{301}", count: 85))
        #expect(InputLimits.cut(String(repeating: "🇩🇪", count: 100), to: 20) == "🇩🇪🇩🇪")
        #expect(InputLimits.cut("ab\r\ncd", to: 3) == "ab")
    }

    @Test("keeps nothing of a text whose first character alone is too long")
    func monster() {
        #expect(InputLimits.cut("a" + String(repeating: "\u{301}", count: 500), to: 256) == nil)
    }

    @Test("keeps the longest prefix of whole characters that fits", arguments: 0..<100 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = ["a", "é", "e\u{301}", "漢", "👍🏽", Self.family, "🇩🇪", "\r\n", " "]
        let text = (0..<60).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
        let limit = Int.random(in: 30...200, using: &random)
        let cut = try #require(InputLimits.cut(text, to: limit), "seed \(seed)")
        #expect(cut.utf8.count <= limit, "seed \(seed)")
        #expect(text.utf8.starts(with: cut.utf8), "seed \(seed)")
        #expect(Array(text).starts(with: Array(cut)), "seed \(seed)")
        if cut.count < text.count {
            let next = Array(text)[cut.count]
            #expect(cut.utf8.count + next.utf8.count > limit, "seed \(seed)")
        }
    }
}

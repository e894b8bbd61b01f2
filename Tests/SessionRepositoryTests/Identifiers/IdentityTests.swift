import TestSupport
import Testing

@testable import SessionRepository

@Suite("What a record repeats of its session's ID")
struct IdentityTests {
    @Test("is the first eight characters of the random part, as one word", arguments: 0..<500 as Range<UInt64>)
    func firstCharacters(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let part = RandomPart(high: random.next(), low: random.next())
        let first = String(part.text.prefix(8))
        let word = first.utf8.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        #expect(part.identity == word)
        #expect(RandomPart.text(ofIdentity: word) == first)
    }

    @Test("is no other text", arguments: ["AbCd+fGh", "AbCdEfG ", "AbCdEfG=", "AbC\0EfGh"])
    func others(_ text: String) {
        let word = text.utf8.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        #expect(RandomPart.text(ofIdentity: word) == nil)
    }
}

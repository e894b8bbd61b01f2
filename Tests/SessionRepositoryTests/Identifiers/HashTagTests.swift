import TestSupport
import Testing

@testable import SessionRepository

@Suite("Hash tags")
struct HashTagTests {
    /// As `printf %s user-42 | sha256sum | cut -c1-8` prints them.
    @Test(
        "are the first eight digits of SHA-256",
        arguments: [
            ("user-42", "6d894aa3"), ("acme", "822b33ad"), ("é", "4a99557e"), ("日本", "cf2abf0c"), ("", "e3b0c442"),
        ])
    func known(owner: String, tag: String) {
        #expect(HashTag(owner: owner).text == tag)
    }

    @Test("keep their leading zeros")
    func leadingZeros() {
        #expect(HashTag(hexadecimal: "00000000")?.text == "00000000")
        #expect(HashTag(hexadecimal: "0000000f")?.text == "0000000f")
    }

    @Test("are read only in lower case, eight digits long")
    func spelling() {
        for text in ["6D894AA3", "6d894aA3", "6d894aa", "6d894aa33", "", "6d894aag", "+d894aa3", "6d894aa\0"] {
            #expect(HashTag(hexadecimal: text) == nil, "\(text)")
        }
    }

    @Test("are written as they were read", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let text = String((0..<8).compactMap { _ in "0123456789abcdef".randomElement(using: &random) })
            #expect(HashTag(hexadecimal: text)?.text == text, "seed \(seed)")
        }
    }
}

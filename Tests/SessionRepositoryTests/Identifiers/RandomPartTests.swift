import Foundation
import TestSupport
import Testing

@testable import SessionRepository

@Suite("The random part of an ID")
struct RandomPartTests {
    /// base64url without padding, made by Foundation from the sixteen bytes.
    private func reference(_ part: RandomPart) -> String {
        let bytes = [part.high, part.low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    @Test("is base64url of 128 bits, and is read back", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let part = RandomPart(high: random.next(), low: random.next())
            #expect(part.text == reference(part), "seed \(seed)")
            #expect(RandomPart(base64URL: part.text) == part, "seed \(seed)")
        }
    }

    @Test(
        "holds at both ends of its range",
        arguments: [
            (0, 0, "AAAAAAAAAAAAAAAAAAAAAA"), (.max, .max, "_____________________w"), (0, 1, "AAAAAAAAAAAAAAAAAAAAAQ"),
            (1 << 63, 0, "gAAAAAAAAAAAAAAAAAAAAA"), (1, 1 << 63, "AAAAAAAAAAGAAAAAAAAAAA"),
        ] as [(UInt64, UInt64, String)])
    func ends(high: UInt64, low: UInt64, text: String) {
        #expect(RandomPart(high: high, low: low).text == text)
        #expect(RandomPart(base64URL: text) == RandomPart(high: high, low: low))
    }

    @Test("has one spelling: its last character can only be A, Q, g or w")
    func lastCharacter() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let stem = String(repeating: "x", count: 21)
        let accepted = alphabet.filter { RandomPart(base64URL: stem + String($0)) != nil }
        #expect(accepted == "AQgw")
    }

    @Test("is refused with any other character")
    func alphabet() {
        for byte in 0...255 as ClosedRange<UInt8> {
            let isAllowed =
                byte < 128 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            var bytes = Array(repeating: UInt8(ascii: "A"), count: 22)
            bytes[7] = byte
            #expect((bytes.withUnsafeBytes { RandomPart(base64URL: $0) } != nil) == isAllowed, "byte \(byte)")
        }
    }

    @Test("is refused in any other length")
    func length() {
        for count in [0, 1, 20, 21, 23, 24, 100] {
            #expect(RandomPart(base64URL: String(repeating: "A", count: count)) == nil)
        }
    }

    @Test("differs from time to time")
    func unique() {
        #expect(Set((0..<10_000).map { _ in RandomPart.generate() }).count == 10_000)
        #expect(OperationID().description.utf8.count == 22)
        #expect(OperationID() != OperationID())
    }
}

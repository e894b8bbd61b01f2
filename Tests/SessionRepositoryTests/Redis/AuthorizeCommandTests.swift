import RedisClient
import TestSupport
import Testing

@testable import SessionRepository

@Suite("The command of the hot path")
struct AuthorizeCommandTests {
    private static let fields = [
        "id", "user", "state", "device", "ip", "agent", "created", "authenticated", "seen", "idle", "expires", "grant",
    ]

    @Test("is byte for byte the plainly encoded HMGET", arguments: 0..<200 as Range<UInt64>)
    func sameBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let letters = Array("abc!*~:.-_\\")
        let prefix = String(
            (0..<Int.random(in: 1...64, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
        let attributes = (0..<Int.random(in: 0...32, using: &random)).map { number in
            ["role", "é", "\r\n", "漢字", "👍🏽"][Int.random(in: 0..<5, using: &random)] + "\(number)"
        }
        let keys = KeySpace(prefix: prefix)
        let command = AuthorizeCommand(keys: keys, attributes: attributes)
        for _ in 0..<20 {
            let tag = HashTag(owner: "\(random.next())")
            let part = RandomPart(high: random.next(), low: random.next())
            let id = SessionID(TaggedIdentifier(tag: tag, random: part))
            let plain = RedisCommand(["HMGET", keys.session(id)] + Self.fields + attributes.map { "attr:" + $0 })
            #expect(command.encode(id).bytes == plain.bytes, "seed \(seed)")
            let fields = Self.fields + ["level", "methods", "elevated"] + attributes.map { "attr:" + $0 }
            #expect(
                AuthorizeCommand(keys: keys, attributes: attributes, assurance: true).encode(id).bytes
                    == RedisCommand(["HMGET", keys.session(id)] + fields).bytes)
        }
    }

    @Test("asks for the documented fields, in the order in which they are read")
    func documentedFields() {
        #expect(SessionField.lookedUp.map(\.rawValue) == Self.fields)
        #expect(SessionField.ofTermination.map(\.rawValue) == ["id", "state", "terminated", "terminatedBy", "reason"])
        #expect(SessionField.ofAssurance.map(\.rawValue) == ["level", "methods", "elevated"])
        let all = SessionField.lookedUp + SessionField.ofAssurance + SessionField.ofTermination
        #expect(Set(all) == Set(SessionField.allCases))
        #expect(SessionField.attributePrefix == "attr:")
    }
}

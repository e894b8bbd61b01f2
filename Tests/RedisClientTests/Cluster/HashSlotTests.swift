import Testing

@testable import RedisClient

@Suite("Hash slots")
struct HashSlotTests {
    private func slot(_ key: String) -> UInt16 { HashSlot(key: key).number }

    @Test("are CRC16 of the key, as the Redis Cluster specification has it")
    func vectors() {
        #expect(slot("123456789") == 0x31C3)
        #expect(slot("foo") == 12_182)
        #expect(slot("bar") == 5061)
        #expect(slot("") == 0)
    }

    @Test("are those of the tag, where a key has one")
    func tags() {
        #expect(slot("{user1000}.following") == slot("{user1000}.followers"))
        #expect(slot("{user1000}.following") == slot("user1000"))
        #expect(slot("foo{bar}{zap}") == slot("bar"))
    }

    /// The examples of the specification.
    @Test(
        "take as the tag what stands between the first opening and the next closing brace, unless that is nothing",
        arguments: [
            ("foo{}{bar}", "foo{}{bar}"), ("foo{{bar}}zap", "{bar"), ("foo{bar}{zap}", "bar"), ("{}", "{}"),
            ("a{b", "a{b"), ("a}b", "a}b"), ("}{a}", "a"), ("{a}{b}", "a"), ("a{\u{301}}", "\u{301}"), ("{é}", "é"),
        ])
    func hashed(key: String, part: String) {
        #expect(Array(HashSlot.hashed(key)) == Array(part.utf8))
    }

    @Test("are numbered from 0 to 16,383")
    func range() {
        #expect(HashSlot(0)?.number == 0)
        #expect(HashSlot(16_383)?.number == 16_383)
        for bad in [-1, 16_384, .max, .min] { #expect(HashSlot(bad) == nil) }
    }

    @Test("of all kinds occur")
    func spread() {
        let slots = Set((0..<200_000).map { slot("key:\($0)") })
        #expect(slots.count == HashSlot.count)
    }

    @Test(
        "of the client's own keys are those of the keys beside which they lie",
        arguments: [
            "{user1000}.following", "sr:session:{0a1b2c3d}.R", "foo{bar}{zap}", "foo{{bar}}zap", "plain", "é:漢",
        ])
    func ownKeys(key: String) {
        var configuration = RedisClientConfiguration(endpoint: .unixSocket(path: "/redis"))
        configuration.keyPrefix = "sr"
        let own = configuration.ownKey("mark", beside: key)
        #expect(own.hasPrefix("sr:mark:{"))
        #expect(HashSlot(key: own) == HashSlot(key: key))
    }
}

import Testing

@testable import RedisClient

@Suite("Slots that are held back")
struct HeldSlotsTests {
    private let one = HashSlot(key: "{1}")
    private let other = HashSlot(key: "{2}")

    @Test("refuse what is about them, by the word of the server, and nothing else")
    func refusal() {
        let held = HeldSlots()
        #expect(held.refusal(of: RedisCommand("GET", "{1}")) == nil)
        held.replace(with: [one: "NOREPLICAS"])
        #expect(held.refusal(of: RedisCommand("GET", "{1}")) == HeldSlots.refusal("NOREPLICAS"))
        #expect("\(HeldSlots.refusal("NOREPLICAS"))".contains("NOREPLICAS"))
        #expect(held.refusal(of: RedisCommand("GET", "{2}")) == nil)
        #expect(held.refusal(of: RedisCommand("PING", "{1}")) == nil)
        #expect(held.refusal(of: RedisCommand("GET", "{1}").applyingJournal) == nil)
        #expect(!held.contains(nil))
    }

    @Test("are released by what the server took, unless another log-in has come meanwhile")
    func eras() {
        let held = HeldSlots()
        held.replace(with: [one: "OOM", other: "OOM"])
        let first = held.snapshot.era
        held.release(other, since: first)
        #expect(held.snapshot.causes == [one: "OOM"])
        held.replace(with: [one: "MISCONF"])
        held.release(one, since: first)
        held.note("OOM", of: one, since: first)
        #expect(held.snapshot.causes == [one: "MISCONF"])
        held.note("OOM", of: one, since: held.snapshot.era)
        held.note("OOM", of: other, since: held.snapshot.era)
        #expect(held.snapshot.causes == [one: "OOM"])
        held.release(one, since: held.snapshot.era)
        #expect(held.isEmpty)
    }

    @Test("wake whoever goes on trying", .timeLimit(.minutes(1)))
    func holds() async {
        let held = HeldSlots()
        var holds = held.holds.makeAsyncIterator()
        held.hold(one, because: "x")
        #expect(await holds.next() != nil)
        held.replace(with: [one: "x", other: "x"])
        #expect(await holds.next() != nil)
    }
}

@Suite("The slot of a command")
struct CommandSlotTests {
    private let slot = HashSlot(key: "a{tag}b")

    @Test("is that of its first key, of a script and of what travels as one too")
    func keyed() {
        let script = RedisScript(source: "return 1")
        let call = ScriptCall(script, keys: ["a{tag}b", "{other}"], arguments: ["{x}"])
        let commands = [
            RedisCommand("GET", "a{tag}b"), RedisCommand("HMGET", "a{tag}b", "x"), RedisCommand("hmget", "a{tag}b"),
            call.byDigest, call.bySource, .pipeline(RedisCommand("ASKING"), call.byDigest),
            .pipeline(call.bySource, RedisCommand("GET", "{other}")), RedisCommand("GET", "a{tag}b").sealed,
        ]
        for command in commands { #expect(command.slot == slot) }
    }

    @Test("is none where there is no key")
    func keyless() {
        let without = ScriptCall(RedisScript(source: "return 1"), keys: [], arguments: [])
        let commands = [
            RedisCommand("PING"), RedisCommand("PING", "a{tag}b"), RedisCommand("SCAN", "0", "MATCH", "a{tag}b"),
            RedisCommand("PUBLISH", "a{tag}b", "x"), RedisCommand("DBSIZE"),
            .pipeline(RedisCommand("PING"), RedisCommand("INFO")), without.byDigest, without.bySource,
        ]
        for command in commands { #expect(command.slot == nil) }
    }
}

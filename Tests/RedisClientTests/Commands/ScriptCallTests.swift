import Testing

@testable import RedisClient

@Suite("Calling a script")
struct ScriptCallTests {
    private let script = RedisScript(source: "return {KEYS[1], ARGV[1]}")

    @Test("names it by its digest, then the number of keys, the keys and the arguments")
    func byDigest() {
        let call = ScriptCall(script, keys: ["{a}1", "{a}2"], arguments: ["x", "", "é\r\n"])
        let number = OperationNumber.next()
        let expected = ["EVALSHA", script.digest, "2", "{a}1", "{a}2", "x", "", "é\r\n"]
        #expect(call.byDigest(number).bytes == RedisCommand(expected + ["0", number.text]).bytes)
        #expect(call.byDigest.bytes == RedisCommand(expected + ["0", "00000000"]).bytes)
    }

    @Test("brings its text where the server does not know it")
    func bySource() {
        let call = ScriptCall(script, keys: ["{a}1"], arguments: ["x"])
        #expect(call.bySource.bytes == RedisCommand(["EVAL", script.source, "1", "{a}1", "x", "0", "00000000"]).bytes)
        #expect(call.bySource.replies == 1)
    }

    @Test("may have neither keys nor arguments")
    func bare() {
        let call = ScriptCall(script, keys: [], arguments: [])
        #expect(call.byDigest.bytes == RedisCommand("EVALSHA", script.digest, "0", "0", "00000000").bytes)
    }

    @Test("has a number of its own each time, of eight to eleven printable characters")
    func numbers() {
        let numbers = (0..<1000).map { _ in OperationNumber.next().text }
        #expect(Set(numbers).count == numbers.count)
        for number in numbers {
            #expect((8...11).contains(number.count))
            #expect(number.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        }
        #expect(!numbers.contains(OperationNumber.unread.text))
    }

    @Test("goes where its first key lies")
    func slot() {
        let call = ScriptCall(script, keys: ["{a}1", "{b}1"], arguments: ["{c}"])
        #expect(call.slot == HashSlot(key: "a"))
        #expect(ScriptCall(script, keys: [], arguments: ["{c}"]).slot == HashSlot(key: ""))
    }
}

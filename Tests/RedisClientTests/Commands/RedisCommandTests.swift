import TestSupport
import Testing

@testable import RedisClient

@Suite("Encoding commands")
struct RedisCommandTests {
    private func text(_ command: RedisCommand) -> String {
        String(decoding: command.bytes, as: UTF8.self)
    }

    @Test("is an array of bulk strings")
    func plain() {
        #expect(text(RedisCommand("PING")) == "*1\r\n$4\r\nPING\r\n")
        #expect(text(RedisCommand("GET", "a:1")) == "*2\r\n$3\r\nGET\r\n$3\r\na:1\r\n")
        #expect(text(RedisCommand(["GET", "a:1"])) == text(RedisCommand("GET", "a:1")))
    }

    @Test("counts bytes, not characters")
    func utf8() {
        #expect(text(RedisCommand("SET", "k", "é👩‍👩‍👧‍👦")) == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$27\r\né👩‍👩‍👧‍👦\r\n")
    }

    @Test("keeps empty arguments, line ends and NUL as they are")
    func awkward() {
        #expect(text(RedisCommand("SET", "", "a\r\nb\0c")) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$6\r\na\r\nb\0c\r\n")
    }

    @Test("an argument cannot break out and become a command")
    func injection() {
        let evil = "x\r\n*1\r\n$8\r\nFLUSHALL\r\n"
        #expect(text(RedisCommand("GET", evil)) == "*2\r\n$3\r\nGET\r\n$\(evil.utf8.count)\r\n\(evil)\r\n")
    }

    @Test("takes an argument of a megabyte and a thousand arguments")
    func large() {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(text(RedisCommand("ECHO", long)) == "*2\r\n$4\r\nECHO\r\n$1048576\r\n\(long)\r\n")
        let many = RedisCommand(["DEL"] + Array(repeating: "k", count: 1000))
        #expect(many.bytes.count == "*1001\r\n$3\r\nDEL\r\n".utf8.count + 1000 * "$1\r\nk\r\n".utf8.count)
    }

    @Test("is a RESP array again when it is parsed", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let alphabet = ["a", "\r\n", "\0", "$", "*", "é", "漢", "👍🏽", " ", "\n"]
        let arguments = (0...Int.random(in: 0...5, using: &random)).map { _ in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
                .joined()
        }
        #expect(try parse(RedisCommand(arguments).bytes) == arguments.map { Array($0.utf8) })
    }

    @Test("a command written ahead of time has exactly the announced bytes")
    func prewritten() {
        let plain = RedisCommand("PING")
        let written = RedisCommand(byteCount: plain.bytes.count) { start in
            for (position, byte) in plain.bytes.enumerated() { start[position] = byte }
        }
        #expect(written.bytes == plain.bytes)
    }

    private struct Malformed: Error {}

    private func parse(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var rest = bytes[...]
        func line(_ mark: UInt8) throws -> Int {
            guard rest.popFirst() == mark, let end = rest.firstIndex(of: 13) else { throw Malformed() }
            defer { rest = rest[(end + 2)...] }
            guard let number = Int(String(decoding: rest[..<end], as: UTF8.self)) else { throw Malformed() }
            return number
        }
        let count = try line(UInt8(ascii: "*"))
        var arguments: [[UInt8]] = []
        for _ in 0..<count {
            let length = try line(UInt8(ascii: "$"))
            arguments.append(Array(rest.prefix(length)))
            guard rest.dropFirst(length).prefix(2) == [13, 10] else { throw Malformed() }
            rest = rest.dropFirst(length + 2)
        }
        guard rest.isEmpty else { throw Malformed() }
        return arguments
    }
}

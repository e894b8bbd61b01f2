import RedisClient
import Testing

@testable import SessionRepository

@Suite("The answer of a script")
struct ScriptAnswerTests {
    @Test(
        "is what its body returns, whatever that is",
        arguments: [
            ("", .null), ("return nil", .null), ("return false", .null), ("return true", .integer(1)),
            ("return 0", .integer(0)), ("return ''", .string("")), ("return {}", .array([])),
            ("return {1, {'a', false}}", .array([.integer(1), .array([.string("a"), .null])])),
            ("return ARGV", .array([.string("one"), .string("two")])), ("return #ARGV", .integer(2)),
            ("if ARGV[1] == 'one' then return 'early' end return 'late' -- The end.", .string("early")),
            ("local function body() return ARGV[2] end return body()", .string("two")),
        ] as [(String, RedisValue)])
    func result(body: String, expected: RedisValue) async throws {
        try await withStore { store in
            let call = ScriptCall(
                RedisScript(source: body), keys: [store.keys.everyone(beside: HashTag(owner: ""))],
                arguments: ["one", "two"])
            for _ in 0..<3 {
                let result = try await store.redis.run(call) { RedisValue($0) }
                #expect(result == expected)
            }
        }
    }

    @Test("goes to the call that it belongs to, of many at the same time")
    func many() async throws {
        try await withStore { store in
            let script = RedisScript(source: "return ARGV[1]")
            let answers = try await inParallel(256) { number -> Bool in
                let call = ScriptCall(
                    script, keys: [store.keys.everyone(beside: HashTag(owner: ""))], arguments: ["\(number)"])
                return try await store.redis.run(call) { $0.decimal } == Int64(number)
            }
            #expect(answers.allSatisfy { $0 })
        }
    }

    @Test(
        "is believed only with the number of the call",
        arguments: [
            "*2\r\n$8\r\n00000000\r\n$10\r\nterminated\r\n", "*1\r\n$10\r\nterminated\r\n", "$10\r\nterminated\r\n",
            "*2\r\n:12345678\r\n$10\r\nterminated\r\n", "*0\r\n", "$-1\r\n", ":1\r\n", "+OK\r\n",
            "*3\r\n$8\r\n00000000\r\n$10\r\nterminated\r\n$1\r\nx\r\n",
        ])
    func otherAnswer(_ answer: String) async throws {
        let node = try FakeNode()
        defer { node.stop() }
        node.serves("") { $0.first == "EVALSHA" ? answer : "+OK\r\n" }
        try await withRepository(at: try RedisServer(url: "redis://127.0.0.1:\(node.port)")) { repository in
            let id = try unknownSession()
            let error = await failure { () throws(SessionRepositoryError) in try await repository.terminateSession(id) }
            #expect(error?.code == "protocolFailure", "\(String(describing: error))")
        }
    }
}

import RedisClient
import Synchronization
import Testing

extension FaultTests {
    /// What was revoked goes to a slot's new node before anybody is let through to it there.
    @Suite("A slot that is handed to another node")
    struct HandedSlotTests {
        private static let script = RedisScript(source: "return 1")
        private let call = ScriptCall(script, keys: ["key"], arguments: [])

        /// Something in the journal, written at the first node; then the second one has the slot, and answers what is
        /// applied again there as it is told to.
        private func play(_ answers: [String], _ expected: Result<String?, RedisError>) async throws {
            let (before, after) = (try FakeNode(), try FakeNode())
            let hasMoved = Mutex(false)
            let rest = Mutex(answers[...])
            let slots = before.allSlots
            before.serves(slots) { command in
                hasMoved.withLock { $0 }
                    ? "-MOVED 12539 127.0.0.1:\(after.port)\r\n" : FakeNode.scriptAnswer(to: command, ":1\r\n")
            }
            after.serves(slots) { command in
                command.first == "GET" ? "+here\r\n" : rest.withLock { $0.popFirst() } ?? ":1\r\n"
            }
            let limits = WriteJournal.Limits(maximumEntries: 10, maximumAge: .seconds(600))
            try await withClusterClient([before], timeout: .seconds(20), journal: limits) { client in
                try await client.run(call, journaling: { _ in call }) { _ in }
                hasMoved.withLock { $0 = true }
                #expect(await client.get("key") == expected)
            }
            after.stop()
            let names = after.commands.compactMap(\.first)
            let firstGet = names.firstIndex(of: "GET") ?? names.count
            #expect(names.prefix(firstGet).contains("EVAL"))
        }

        @Test("is used there once it has what was revoked")
        func handed() async throws {
            try await play([], .success("here"))
        }

        @Test("is used there although something can never be applied again, as where a key holds something else now")
        func neverApplied() async throws {
            try await play(["-WRONGTYPE x\r\n", "-WRONGTYPE x\r\n"], .success("here"))
        }

        @Test(
            "is used there a little later when it cannot take that yet",
            arguments: ["-TRYAGAIN x\r\n", "-READONLY x\r\n", "-CLUSTERDOWN x\r\n", "-LOADING x\r\n"])
        func later(refusal: String) async throws {
            try await play([refusal, refusal, refusal], .success("here"))
        }
    }
}

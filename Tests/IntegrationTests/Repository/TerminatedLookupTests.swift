import Foundation
import Testing

@testable import SessionRepository

@Suite("Looking up a terminated session")
struct TerminatedLookupTests {
    /// What the second command of a lookup finds.
    enum Details: Sendable, CaseIterable {
        case complete, withoutActor, gone, ofAnother, damaged, lost
    }

    private static func bulk(_ text: String?) -> String {
        text.map { "$\($0.utf8.count)\r\n\($0)\r\n" } ?? "$-1\r\n"
    }

    private static func reply(to command: [String], _ details: Details) -> String {
        let id = command[1].split(separator: ".").last.map { String($0.prefix(8)) }
        guard command.contains("terminated") else {
            let fields = [
                id, "user-42", "terminated", nil, nil, nil, "1700000000000", nil, "1700000000000", nil, nil,
                nil,
            ]
            return FakeNode.array(fields.map(bulk))
        }
        let fields: [String?] =
            switch details {
            case .complete: [id, "terminated", "1700000000001", "admin", "device lost"]
            case .withoutActor: [id, "terminated", "1700000000001", nil, nil]
            case .gone: [nil, nil, nil, nil, nil]
            case .lost: [id, "active", nil, nil, nil]
            case .ofAnother: ["________", "terminated", "1700000000001", "admin", "device lost"]
            case .damaged: [id, "terminated", nil, "admin", nil]
            }
        return FakeNode.array(fields.map(bulk))
    }

    @Test(
        "takes a second command for who ended it, when and why, which is as sure to be about the session",
        arguments: Details.allCases, [false, true])
    func secondCommand(_ details: Details, nearCache: Bool) async throws {
        let node = try FakeNode()
        defer { node.stop() }
        node.serves("") { command in
            switch command.first {
            case "HMGET": Self.reply(to: command, details)
            case "PTTL": ":60000\r\n"
            case "SUBSCRIBE": "*3\r\n$9\r\nsubscribe\r\n$20\r\n__redis__:invalidate\r\n:1\r\n"
            case "CLIENT" where command.last == "ID": ":7\r\n"
            default: "+OK\r\n"
            }
        }
        try await withRepository(
            at: try RedisServer(url: "redis://127.0.0.1:\(node.port)"),
            configure: { $0.nearCache = nearCache ? .patient : nil }
        ) { repository in
            let id = try unknownSession()
            let time = Date(unixMilliseconds: 1_700_000_000_001)
            for _ in 0..<3 {
                switch details {
                case .complete:
                    let termination = Termination(at: time, by: "admin", reason: "device lost")
                    #expect(try await repository.authorize(id) == .terminated(termination))
                case .withoutActor:
                    let termination = Termination(at: time, by: nil, reason: nil)
                    #expect(try await repository.authorize(id) == .terminated(termination))
                case .gone:
                    #expect(try await repository.authorize(id) == .unknown)
                case .lost:
                    let error = await failure { () throws(SessionRepositoryError) in
                        try await repository.authorize(id)
                    }
                    #expect(error?.code == "storeUnavailable")
                case .ofAnother, .damaged:
                    let error = await failure { () throws(SessionRepositoryError) in
                        try await repository.authorize(id)
                    }
                    guard case .corruptRecord(repository.keys.session(id), let problem)? = error else {
                        Issue.record("another error: \(String(describing: error))")
                        continue
                    }
                    #expect(problem.hasPrefix(details == .damaged ? "terminated is " : "id is ________"))
                }
            }
            let lookups = node.commands.filter { $0.first == "HMGET" }
            #expect(lookups.contains { $0[2...] == ["id", "state", "terminated", "terminatedBy", "reason"] })
        }
    }

    @Test("An active session is looked up by one command", arguments: [false, true])
    func oneCommand(nearCache: Bool) async throws {
        try await withPrivateStore(configure: { $0.nearCache = nearCache ? .patient : nil }) { store, _ in
            let sessions = try await store.create(3, for: try store.user())
            func lookups() async throws -> Int {
                let text = try await store.redis.send("INFO", "commandstats").string ?? ""
                return text.firstMatch(of: /cmdstat_hmget:calls=(\d+)/).flatMap { Int($0.1) } ?? 0
            }
            // Of a near cache, whatever it asks at its beginning.
            _ = try await store.repository.authorize(sessions[0].id)
            let before = try await lookups()
            #expect(try await store.repository.authorize(sessions[1].id).session != nil)
            #expect(try await lookups() == before + 1)
            _ = try await store.repository.terminateSession(sessions[2].id, by: "admin", reason: "device lost")
            let between = try await lookups()
            let termination = try #require(try await store.repository.authorize(sessions[2].id).termination)
            #expect(termination.by == "admin")
            #expect(termination.reason == "device lost")
            #expect(try await lookups() == between + 2)
        }
    }
}

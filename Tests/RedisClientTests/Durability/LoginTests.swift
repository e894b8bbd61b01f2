import Testing

@testable import RedisClient

@Suite("Telling a server what it may have lost")
struct LoginTests {
    private let steps = Handshake.steps(
        for: RedisClientConfiguration(endpoint: .unixSocket(path: "/redis")), wantsIdentity: true)

    private func info(_ run: String, _ replication: String = "p") -> String {
        let text = "run_id:\(run)\r\nmaster_replid:\(replication)\r\n"
        return "$\(text.utf8.count)\r\n\(text)\r\n"
    }

    private static let noInfo = "-NOPERM this user has no permissions\r\n"

    @Test("is left out where there is nothing to tell")
    func nothingToTell() throws {
        var play = LoginPlay(Login(steps: steps, journal: Writes.journal(entries: 0)))
        #expect(play.begin() == ["PING", "INFO"])
        #expect(try play.hear("+PONG\r\n", info("r1")) == ["go on", "done"])
        #expect(play.login.identity?.runID == "r1")
        var without = LoginPlay(Login(steps: steps, journal: nil))
        _ = without.begin()
        #expect(try without.hear("+PONG\r\n", info("r1")) == ["go on", "done"])
        #expect(!without.login.hasJournalEntries)
    }

    @Test("comes before everything else")
    func replay() throws {
        let journal = Writes.journal(entries: 2)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        #expect(play.login.hasJournalEntries)
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r1")) == ["go on", "send EVAL EVALSHA"])
        #expect(try play.hear(":1\r\n", ":1\r\n") == ["go on", "done"])
        #expect(journal.status.replayed == 2)
        #expect(journal.status.pending == 2)
    }

    @Test("is not repeated at the same server")
    func sameServer() throws {
        let journal = Writes.journal(entries: 0)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        _ = play.begin()
        _ = try play.hear("+PONG\r\n", info("r1"))
        journal.add(Writes.call(1))
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r1")) == ["go on", "done"])
        #expect(journal.status.replayed == 0)
    }

    @Test("is repeated at a server that was started again or has another history", arguments: ["run", "replication"])
    func otherServer(what: String) throws {
        let journal = Writes.journal(entries: 1)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        _ = play.begin()
        _ = try play.hear("+PONG\r\n", info("r1", "p1"), ":1\r\n")
        _ = play.begin()
        let other = what == "run" ? info("r2", "p1") : info("r1", "p2")
        #expect(try play.hear("+PONG\r\n", other, ":1\r\n") == ["go on", "send EVAL", "done"])
        #expect(journal.status.replayed == 2)
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r1", "p1"), ":1\r\n") == ["go on", "send EVAL", "done"])
    }

    @Test("is repeated each time at a server that does not say who it is", arguments: [noInfo, "$0\r\n\r\n", ":1\r\n"])
    func unknownServer(answer: String) throws {
        let journal = Writes.journal(entries: 1)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        for round in 1...3 {
            _ = play.begin()
            #expect(try play.hear("+PONG\r\n", answer, ":1\r\n") == ["go on", "send EVAL", "done"])
            #expect(play.login.identity == nil)
            #expect(journal.status.replayed == round)
        }
    }

    @Test("fails the log-in when the server cannot take it, and is then done again from the start")
    func refusal() throws {
        let journal = Writes.journal(entries: 2)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        _ = play.begin()
        let reason = "unavailable: the server did not take earlier revocations again: LOADING"
        #expect(
            try play.hear("+PONG\r\n", info("r1"), ":1\r\n", "-LOADING Redis is loading\r\n")
                == ["go on", "send EVAL EVALSHA", "go on", reason])
        #expect(journal.status.replayed == 0)
        _ = play.begin()
        #expect(
            try play.hear("+PONG\r\n", info("r1"), ":1\r\n", ":1\r\n")
                == ["go on", "send EVAL EVALSHA", "go on", "done"])
        #expect(journal.status.replayed == 2)
    }

    @Test("goes on where the server refuses a write, whose slot is held back until another server is told")
    func heldBack() throws {
        let journal = Writes.journal(entries: 2)
        let held = HeldSlots()
        var play = LoginPlay(Login(steps: steps, journal: journal, heldSlots: held))
        let refused = journal.entries[0].slot
        _ = play.begin()
        let progress = try play.hear("+PONG\r\n", info("r1"), "-NOREPLICAS Not enough good replicas\r\n", ":1\r\n")
        #expect(progress.last == "done")
        #expect(held.snapshot.causes == [refused: "NOREPLICAS"])
        // At the same server nothing has changed.
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r1")).last == "done")
        #expect(held.contains(refused))
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r2"), ":1\r\n", ":1\r\n").last == "done")
        #expect(held.isEmpty)
    }

    @Test("counts only what was done")
    func counts() throws {
        let journal = Writes.journal(entries: 3)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        _ = play.begin()
        let progress = try play.hear("+PONG\r\n", info("r1"), "-MOVED 1 b:1\r\n", "-NOPERM x\r\n", ":1\r\n")
        #expect(progress.last == "done")
        #expect(journal.status.replayed == 1)
    }

    @Test("that breaks off is gone on with at the same server, and begun anew at another")
    func resumed() throws {
        let journal = Writes.journal(entries: JournalReplay.chunk + 1)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        let chunk = String(repeating: ":1\r\n", count: JournalReplay.chunk)
        _ = play.begin()
        _ = try play.hear("+PONG\r\n", info("r1"), chunk, "-LOADING Redis is loading\r\n")
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r1"), ":1\r\n").suffix(2) == ["send EVAL", "done"])
        _ = play.begin()
        #expect(try play.hear("+PONG\r\n", info("r2"), chunk, ":1\r\n").last == "done")
        #expect(journal.status.replayed == 1 + JournalReplay.chunk + 1)
    }

    @Test("goes on in chunks until the journal is through")
    func chunks() throws {
        let journal = Writes.journal(entries: JournalReplay.chunk + 1)
        var play = LoginPlay(Login(steps: steps, journal: journal))
        _ = play.begin()
        _ = try play.hear("+PONG\r\n", info("r1"))
        let first = try play.hear(String(repeating: ":1\r\n", count: JournalReplay.chunk))
        #expect(first.dropLast().allSatisfy { $0 == "go on" })
        #expect(first.last == "send EVALSHA")
        #expect(try play.hear(":1\r\n") == ["done"])
        #expect(journal.status.replayed == JournalReplay.chunk + 1)
    }
}

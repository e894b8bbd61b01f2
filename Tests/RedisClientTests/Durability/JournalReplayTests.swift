import Testing

@testable import RedisClient

@Suite("Applying a journal again")
struct JournalReplayTests {
    private typealias Verdict = JournalReplay.Verdict

    private func bytes(_ commands: [RedisCommand]) -> [[UInt8]] { commands.map(\.bytes) }

    private func server(_ code: String, _ message: String = "") -> RedisError {
        .server(code: code, message: message)
    }

    @Test("brings each script's text once and its digest from then on")
    func texts() {
        let journal = Writes.journal(entries: 2)
        journal.add(Writes.call(2, Writes.otherScript))
        journal.add(Writes.call(3))
        var replay = JournalReplay(journal.entries)
        #expect(
            bytes(replay.nextCommands()) == [
                Writes.call(0).bySource.bytes, Writes.call(1).byDigest.bytes,
                Writes.call(2, Writes.otherScript).bySource.bytes, Writes.call(3).byDigest.bytes,
            ])
        for _ in 0..<4 { #expect(replay.answered(nil) == .goOn) }
        #expect(replay.nextCommands().isEmpty)
        #expect(replay.applied == 4)
    }

    @Test("sends no more than a chunk at once, and all of it in the end")
    func chunks() {
        var replay = JournalReplay(Writes.journal(entries: 600).entries)
        var sizes: [Int] = []
        var texts = 0
        while case let commands = replay.nextCommands(), !commands.isEmpty {
            sizes.append(commands.count)
            texts += commands.count { $0.bytes == Writes.call(0).bySource.bytes }
            for _ in commands { #expect(replay.answered(nil) == .goOn) }
        }
        #expect(sizes == [128, 128, 128, 128, 88])
        #expect(texts == 1)
        #expect(replay.applied == 600)
    }

    @Test("has nothing to send where there is nothing")
    func nothing() {
        var replay = JournalReplay([])
        #expect(replay.nextCommands().isEmpty)
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.applied == 0)
    }

    @Test("sends the text again to a server that has forgotten the script meanwhile")
    func noScript() {
        var replay = JournalReplay(Writes.journal(entries: 3).entries)
        _ = replay.nextCommands()
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.answered(server("NOSCRIPT")) == .goOn)
        #expect(replay.answered(server("NOSCRIPT")) == .goOn)
        #expect(bytes(replay.nextCommands()) == [Writes.call(1).bySource.bytes, Writes.call(2).byDigest.bytes])
        for _ in 0..<2 { #expect(replay.answered(nil) == .goOn) }
        #expect(replay.nextCommands().isEmpty)
        #expect(replay.applied == 3)
    }

    @Test("leaves to another node what is that node's", arguments: ["MOVED", "ASK"])
    func notOurs(code: String) {
        var replay = JournalReplay(Writes.journal(entries: 3).entries)
        _ = replay.nextCommands()
        #expect(replay.answered(server(code, "1 b:1")) == .goOn)
        // The one with the text was not carried out, so that the script is not known.
        #expect(replay.answered(server("NOSCRIPT")) == .goOn)
        #expect(replay.answered(server(code, "1 b:1")) == .goOn)
        #expect(bytes(replay.nextCommands()) == [Writes.call(1).bySource.bytes])
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.nextCommands().isEmpty)
        #expect(replay.applied == 1)
    }

    @Test("knows after each chunk how far it is, unless something has to be done again")
    func progress() {
        var replay = JournalReplay(Writes.journal(entries: JournalReplay.chunk + 2).entries)
        _ = replay.nextCommands()
        for _ in 1..<JournalReplay.chunk { #expect(replay.answered(nil) == .goOn) }
        #expect(replay.appliedThrough == 0)
        #expect(replay.answered(server("WRONGTYPE")) == .goOn)
        #expect(replay.appliedThrough == UInt64(JournalReplay.chunk))
        _ = replay.nextCommands()
        #expect(replay.answered(nil) == .goOn)
        _ = replay.answered(server("LOADING"))
        #expect(replay.appliedThrough == UInt64(JournalReplay.chunk))
    }

    @Test("goes on where a slot is on its way, and says which", arguments: ["ASK", "TRYAGAIN"])
    func openSlot(code: String) {
        let entries = Writes.journal(entries: 2).entries
        var replay = JournalReplay(entries)
        _ = replay.nextCommands()
        #expect(replay.answered(server(code, "1 b:1")) == .goOn)
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.held == [entries[0].slot: code])
    }

    @Test("passes over what would be refused for ever", arguments: ["NOPERM", "WRONGTYPE"])
    func refused(code: String) {
        var replay = JournalReplay(Writes.journal(entries: 2).entries)
        _ = replay.nextCommands()
        #expect(replay.answered(server(code, "x")) == .goOn)
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.nextCommands().isEmpty)
        #expect(replay.applied == 1)
    }

    @Test(
        "gives the connection up where the server cannot be asked anything now",
        arguments: ["READONLY", "LOADING", "CLUSTERDOWN", "MASTERDOWN", "BUSY", "NOAUTH"])
    func serverWide(code: String) {
        var replay = JournalReplay(Writes.journal(entries: 1).entries)
        _ = replay.nextCommands()
        guard case .giveUp(.unavailable) = replay.answered(server(code, "x")) else {
            return #expect(Bool(false), "it went on")
        }
        #expect(replay.applied == 0)
    }

    @Test(
        "holds back the slot of a write that the server refuses for now, and goes on with the others",
        arguments: ["ERR", "OOM", "MISCONF", "NOREPLICAS", "UNHEARDOF", ""])
    func notNow(code: String) {
        let entries = Writes.journal(entries: 3).entries
        var replay = JournalReplay(entries)
        _ = replay.nextCommands()
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.answered(server(code, "x")) == .goOn)
        #expect(replay.answered(nil) == .goOn)
        #expect(replay.held == [entries[1].slot: code])
        #expect(replay.applied == 2)
        // The next log-in at this server, if this one breaks off, begins before it.
        #expect(replay.appliedThrough == 0)
        #expect(replay.nextCommands().isEmpty)
    }

    @Test("gives it up at a replica that says so inside a script's error")
    func readOnlyScript() {
        var replay = JournalReplay(Writes.journal(entries: 1).entries)
        _ = replay.nextCommands()
        let error = server(
            "ERR", "Error running script (call to f_1): @user_script:1: -READONLY You can't write against a replica.")
        guard case .giveUp(.unavailable) = replay.answered(error) else { return #expect(Bool(false), "it went on") }
    }

    @Test("holds a slot back where a server does not know a script that it has just been given")
    func neverLearns() {
        let entries = Writes.journal(entries: 1).entries
        var replay = JournalReplay(entries)
        _ = replay.nextCommands()
        #expect(replay.answered(server("NOSCRIPT")) == .goOn)
        #expect(replay.held == [entries[0].slot: "NOSCRIPT"])
        #expect(replay.nextCommands().isEmpty)
    }
}

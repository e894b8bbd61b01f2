import Testing

@testable import RedisClient

@Suite("The proof of replies")
struct ProofTests {
    private func ready(window: Int = 1000) -> MachineHarness { .ready(window: window, provesReplies: true) }

    @Test("is a nonce behind each write")
    func nonceBehindWrite() {
        let harness = ready()
        for id in 1...3 { harness.submit(id) }
        #expect(harness.steps() == [.send(1), .send(2), .send(3), .prove])
        harness.submit(4)
        #expect(harness.steps() == [.send(4), .prove])
    }

    @Test("is a nonce behind every 32nd command of a long write too")
    func span() {
        let harness = ready()
        for id in 1...70 { harness.submit(id) }
        let steps = harness.steps()
        #expect(steps.count == 73)
        #expect(steps.indices.filter { steps[$0] == .prove } == [32, 65, 72])
    }

    @Test("is a nonce before and behind a command whose reply names nothing, also when it is sent again")
    func sealed() {
        let harness = ready()
        for id in 1...4 { harness.submit(id, isSealed: id == 2 || id == 3) }
        let steps = [.send(1), .prove, .send(2), .prove, .send(3), .prove, .send(4), .prove] as [MachineHarness.Step]
        #expect(harness.steps() == steps)
        harness.lose()
        harness.advance(.milliseconds(500))
        #expect(harness.connect() == steps)
    }

    @Test("frees nobody before it has come")
    func staged() {
        let harness = ready()
        for id in 1...2 { harness.submit(id) }
        _ = harness.steps()
        #expect([harness.reply(), harness.reply()] == [.staged, .staged])
        #expect(harness.machine.takeReleased() == (0, 0))
        #expect(harness.reply() == .nonce)
        #expect(harness.nonce() == [.reply(1), .reply(2)])
        #expect(harness.machine.takeReleased() == (2, 20))
    }

    @Test("proves what came before it and not what comes after")
    func twoWrites() {
        let harness = ready()
        harness.submit(1)
        _ = harness.steps()
        harness.submit(2)
        _ = harness.steps()
        _ = harness.reply()
        #expect(harness.nonce() == [.reply(1)])
        #expect(harness.reply() == .staged)
        #expect(harness.nonce() == [.reply(2)])
    }

    @Test("of a caller who has gone is for the record only")
    func late() {
        let harness = ready()
        harness.submit(1, timeout: .milliseconds(10))
        _ = harness.steps()
        _ = harness.reply()
        harness.advanceToDeadline()
        #expect(harness.steps() == [.fail(1, .timedOut)])
        #expect(harness.nonce() == [.late(1)])
    }

    @Test("that does not come counts as a server that stopped answering, though replies came")
    func stalled() {
        let harness = ready()
        harness.submit(1, timeout: .milliseconds(100))
        _ = harness.steps()
        #expect(harness.reply() == .staged)
        harness.advance(.milliseconds(100) + MachineHarness.stallMargin)
        #expect(harness.steps() == [.fail(1, .timedOut), .disconnect])
    }

    @Test("that fails has commands sent again, at most three times in all")
    func threeTimes() {
        let harness = ready()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        for _ in 0..<2 {
            harness.lose(.protocolFailure("damaged"))
            harness.advance(.seconds(1))
            #expect(harness.connect() == [.send(1), .prove])
        }
        harness.lose(.protocolFailure("damaged"))
        #expect(harness.steps() == [.fail(1, .protocolFailure("damaged"))])
        #expect(harness.machine.takeReleased() == (1, 10))
    }

    @Test("that fails leaves the outcome of what may not be repeated unknown, even when it was staged")
    func notIdempotent() {
        let harness = ready()
        harness.submit(1, isIdempotent: false)
        _ = harness.steps()
        #expect(harness.reply() == .staged)
        harness.lose(.protocolFailure("damaged"))
        #expect(harness.steps() == [.fail(1, .outcomeUnknown)])
    }

    @Test("that fails keeps a connection that fails fast from giving up: the server is there")
    func failingFast() {
        let harness = MachineHarness.ready(failsFast: true, provesReplies: true)
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.lose(.protocolFailure("damaged"))
        harness.advance(.seconds(1))
        #expect(harness.connect() == [.send(1), .prove])
    }

    @Test("of a refusal leaves the connection, and the command goes on: it was not done")
    func refused() {
        let harness = ready()
        harness.submit(1, timeout: .seconds(60))
        harness.submit(2, isIdempotent: false, timeout: .seconds(60))
        _ = harness.steps()
        #expect([harness.reply(), harness.reply()] == [.staged, .staged])
        harness.machine.lastWasRefused(.unavailable(reason: "a replica"))
        #expect(harness.nonce() == [.reply(1)])
        #expect(harness.refutation == .unavailable(reason: "a replica"))
        harness.lose(.unavailable(reason: "a replica"))
        harness.advance(.seconds(1))
        #expect(harness.connect() == [.send(2), .prove])
    }

    @Test("that fails makes nothing of a refusal: it may have been another command's")
    func unprovedRefusal() {
        let harness = ready()
        harness.submit(1, isIdempotent: false)
        _ = harness.steps()
        #expect(harness.reply() == .staged)
        harness.machine.lastWasRefused(.unavailable(reason: "a replica"))
        harness.lose(.protocolFailure("damaged"))
        #expect(harness.steps() == [.fail(1, .outcomeUnknown)])
    }

    @Test("that fails has commands sealed when they are sent again: no reply can take the place of another's then")
    func sealedAgain() {
        let harness = ready()
        for id in 1...2 { harness.submit(id, timeout: .seconds(60)) }
        #expect(harness.steps() == [.send(1), .send(2), .prove])
        #expect(harness.reply() == .staged)
        #expect(harness.machine.lastWasSealed == false)
        harness.lose(.foreignAnswer("it names another session"))
        harness.advance(.seconds(1))
        #expect(harness.connect() == [.send(1), .prove, .send(2), .prove])
        #expect(harness.reply() == .staged)
        #expect(harness.machine.lastWasSealed == true)
    }

    @Test("does not count an answer about another subject as damage when it came to a sealed command, or did so before")
    func foreign() {
        let harness = ready()
        #expect(!harness.isStored("a"))
        #expect(!harness.isStored("a"))
        #expect(harness.isStored("a", isSealed: true))
        #expect(!harness.isStored("a", of: "GET b"))
        harness.advance(.seconds(59))
        #expect(harness.isStored("a"))
        harness.advance(.seconds(59))
        #expect(harness.isStored("a"))
        #expect(!harness.isStored("b"))
        harness.advance(.seconds(61))
        #expect(!harness.isStored("a"))
    }

    @Test("remembers a bounded number of answers about another subject")
    func manyForeign() {
        let harness = ready()
        for number in 0..<100 { #expect(harness.isStored("\(number)", isSealed: true)) }
        #expect(harness.isStored("99"))
        #expect(!harness.isStored("0"))
    }
}

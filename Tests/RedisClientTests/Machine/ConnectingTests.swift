import Testing

@testable import RedisClient

@Suite("Connecting")
struct ConnectingTests {
    @Test("begins with the first command, not before")
    func lazily() {
        let harness = MachineHarness()
        #expect(harness.steps() == [])
        #expect(harness.machine.nextDeadline == .distantFuture)
        harness.submit(1)
        #expect(harness.steps() == [.resolve])
        #expect(harness.steps() == [])
    }

    @Test("begins by itself, and again after a loss, where the connection is to stay")
    func stays() {
        let harness = MachineHarness(staysConnected: true)
        #expect(harness.steps() == [.resolve])
        harness.connect()
        #expect(harness.machine.phase == .ready)
        harness.lose()
        #expect(harness.machine.nextDeadline <= harness.now + .milliseconds(50))
        harness.advanceToDeadline()
        #expect(harness.steps() == [.resolve])
        harness.machine.shutDown(deadline: harness.now)
        #expect(harness.steps() == [.finish])
    }

    @Test("goes through resolving and logging in to sending")
    func wholeWay() {
        let harness = MachineHarness()
        harness.submit(1)
        #expect(harness.steps() == [.resolve])
        harness.machine.resolved(addressCount: 2)
        #expect(harness.steps() == [.connect(0)])
        harness.machine.connected(handshakeReplies: 2, now: harness.now)
        #expect(harness.steps() == [])
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        #expect(harness.steps() == [])
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        #expect(harness.steps() == [.send(1)])
        #expect(harness.reply() == .reply(1))
    }

    @Test("tries each address in turn, then resolves again after a pause")
    func addressesInTurn() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 2)
        #expect(harness.steps() == [.connect(0)])
        harness.lose()
        #expect(harness.steps() == [.connect(1)])
        harness.lose()
        #expect(harness.machine.nextDeadline <= harness.now + .milliseconds(50))
        harness.advance(.milliseconds(50))
        #expect(harness.steps() == [.resolve])
    }

    @Test("gives up a server that neither answers nor refuses", arguments: [0, 2])
    func connectTimeout(handshakeReplies: Int) {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        if handshakeReplies > 0 { harness.machine.connected(handshakeReplies: handshakeReplies, now: harness.now) }
        #expect(harness.machine.nextDeadline == harness.now + MachineHarness.connectTimeout)
        harness.advanceToDeadline()
        #expect(harness.steps().first == .disconnect)
        #expect(harness.machine.lastFailure == .unavailable(reason: "the server did not answer while connecting"))
    }

    @Test("tries another address after 250 ms of silence, and believes the one that answers first")
    func race() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 3)
        #expect(harness.steps() == [.connect(0)])
        harness.advanceToDeadline()
        #expect(harness.now == MonotonicTime(nanoseconds: 250_000_000))
        #expect(harness.steps() == [.connect(1)])
        harness.loseAttempt(1)
        #expect(harness.steps() == [.connect(2)])
        harness.machine.connected(2, handshakeReplies: 1, askedAt: harness.now, now: harness.now)
        #expect(harness.steps() == [])
        #expect(harness.reply() == .handshake)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        #expect(harness.steps() == [.send(1)])
    }

    @Test("comes back to an address that was overtaken, when the winner turns out to be useless")
    func uselessWinner() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 2)
        _ = harness.steps()
        harness.advanceToDeadline()
        #expect(harness.steps() == [.connect(1)])
        harness.machine.connected(1, handshakeReplies: 1, now: harness.now)
        harness.lose(.unavailable(reason: "the server is not a master"))
        #expect(harness.steps() == [.connect(0)])
    }

    @Test("gives up each address at the end of its own time, and looks anew when that was the last")
    func silentAddresses() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 2)
        #expect(harness.steps() == [.connect(0)])
        harness.advanceToDeadline()
        #expect(harness.steps() == [.connect(1)])
        harness.advanceToDeadline()
        #expect(harness.steps() == [.abandon(0)])
        harness.advanceToDeadline()
        #expect(harness.now == MonotonicTime(nanoseconds: 1_250_000_000))
        #expect(harness.steps().first == .disconnect)
    }

    @Test("counts the server's word from when it was asked, not from when it answered")
    func askedAt() {
        let harness = MachineHarness(freshness: .init(interval: .seconds(2), isAlwaysNeeded: true))
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 1)
        _ = harness.steps()
        let asked = harness.now
        harness.advance(.milliseconds(300))
        harness.machine.connected(0, handshakeReplies: 0, askedAt: asked, now: harness.now)
        #expect(harness.machine.freshness.roleDeadline == asked + .seconds(1))
    }

    @Test("needs a pause when the name has no address")
    func noAddress() {
        let harness = MachineHarness()
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        harness.machine.resolved(addressCount: 0)
        let steps = harness.steps()
        // The pause may have been drawn as none at all.
        #expect(steps == [] || steps == [.resolve])
        #expect(harness.machine.lastFailure == .unavailable(reason: "no address to connect to"))
    }

    @Test("does not go on after the last caller has left")
    func nobodyWaits() {
        let harness = MachineHarness()
        harness.submit(1)
        _ = harness.steps()
        harness.machine.cancel([1])
        harness.lose()
        #expect(harness.steps() == [.fail(1, .cancelled)])
        harness.advance(.seconds(10))
        #expect(harness.steps() == [])
        #expect(harness.machine.nextDeadline == .distantFuture)
    }

    @Test("pays no heed to events that come out of place")
    func outOfPlace() {
        let harness = MachineHarness.ready()
        harness.machine.resolved(addressCount: 3)
        harness.machine.connected(handshakeReplies: 1, now: harness.now)
        harness.machine.handshakeStepSucceeded(now: harness.now)
        #expect(harness.machine.phase == .ready)
        #expect(harness.steps() == [])
    }

    @Test("starts with short pauses again once a connection has served, not when it is merely there")
    func backoffResets() {
        let harness = MachineHarness(provesReplies: true)
        harness.submit(1, timeout: .seconds(600))
        for _ in 0..<6 {
            #expect(harness.steps() == [.resolve])
            harness.lose()
            harness.advance(.seconds(1))
        }
        #expect(harness.machine.backoff.failures == 6)
        harness.connect()
        #expect(harness.machine.backoff.failures == 6)
        #expect(harness.reply() == .staged)
        #expect(harness.nonce() == [.reply(1)])
        #expect(harness.machine.backoff.failures == 0)
    }
}

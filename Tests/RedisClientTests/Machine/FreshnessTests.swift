import Testing

@testable import RedisClient

@Suite("The freshness of answers")
struct FreshnessTests {
    private static let interval = Duration.seconds(2)

    private func ready(isAlwaysNeeded: Bool = false, followsName: Bool = false) -> MachineHarness {
        .ready(
            provesReplies: true,
            freshness: .init(
                interval: Self.interval, nameInterval: followsName ? Self.interval : nil,
                isAlwaysNeeded: isAlwaysNeeded))
    }

    @Test("is asked for in front of the first commands after the interval, and not before")
    func inFront() {
        let harness = ready()
        harness.submit(1)
        #expect(harness.steps() == [.send(1), .prove])
        _ = harness.reply()
        _ = harness.nonce()
        harness.advance(Self.interval)
        #expect(harness.steps() == [])
        harness.submit(2)
        #expect(harness.steps() == [.askRole, .send(2), .prove])
        harness.submit(3)
        #expect(harness.steps() == [.send(3), .prove])
    }

    @Test("lets answers pass when the server says that it is a master, as of when it was asked")
    func master() {
        let harness = ready()
        harness.advance(Self.interval)
        harness.submit(1)
        _ = harness.steps()
        let asked = harness.now
        harness.advance(.milliseconds(300))
        #expect(harness.reply() == .role)
        harness.machine.roleArrived(problem: nil)
        #expect(harness.reply() == .staged)
        #expect(harness.nonce() == [.reply(1)])
        #expect(harness.confirmations == [asked])
    }

    @Test("lets no answer pass behind the news that the server is a replica")
    func replica() {
        let harness = ready()
        harness.advance(Self.interval)
        harness.submit(1, timeout: .seconds(60))
        _ = harness.steps()
        #expect(harness.reply() == .role)
        harness.machine.roleArrived(problem: .unavailable(reason: "a replica"))
        #expect(harness.reply() == .staged)
        #expect(harness.nonce() == [])
        #expect(harness.refutation == .unavailable(reason: "a replica"))
        harness.lose(.unavailable(reason: "a replica"))
        harness.advance(.seconds(1))
        #expect(harness.connect() == [.send(1), .prove])
    }

    @Test("is asked for without traffic where a near cache answers, in time for the next answer to be there")
    func withoutTraffic() {
        let harness = ready(isAlwaysNeeded: true)
        #expect(harness.machine.nextDeadline == harness.now + Self.interval / 2)
        harness.advanceToDeadline()
        #expect(harness.steps() == [.askRole, .prove])
        #expect(
            harness.machine.nextDeadline == harness.now + MachineHarness.connectTimeout + MachineHarness.stallMargin)
    }

    @Test("that nobody confirms ends the connection, without any command too")
    func unanswered() {
        let harness = ready(isAlwaysNeeded: true)
        harness.advanceToDeadline()
        _ = harness.steps()
        harness.advanceToDeadline()
        #expect(harness.steps() == [.disconnect])
    }

    @Test("keeps a lone command from being sent past the loop when it is due")
    func notIdle() {
        let harness = ready()
        #expect(harness.isIdle())
        harness.advance(Self.interval)
        #expect(!harness.isIdle())
    }

    @Test("has the name looked up again after the interval, one look at a time")
    func name() {
        let harness = ready(followsName: true)
        harness.advance(Self.interval)
        #expect(harness.steps() == [.lookUpName])
        harness.advance(.seconds(60))
        #expect(harness.steps() == [])
        #expect(!harness.nameLookedUp(isThere: true))
        #expect(harness.steps() == [])
        harness.advance(Self.interval)
        #expect(harness.steps() == [.lookUpName])
    }

    @Test("ends the connection when its name lacks the address twice in a row, the second time asked at once")
    func renamed() {
        let harness = ready(followsName: true)
        harness.advance(Self.interval)
        #expect(harness.steps() == [.lookUpName])
        #expect(!harness.nameLookedUp(isThere: false))
        #expect(harness.steps() == [.lookUpName])
        #expect(harness.nameLookedUp(isThere: false))
    }

    @Test("is not in doubt because a name service left an address out once, or did not answer")
    func leftOut() {
        let harness = ready(followsName: true)
        for isThere in [false, true, false, nil, true, false] {
            harness.advance(Self.interval)
            #expect(harness.steps() == [.lookUpName])
            #expect(!harness.nameLookedUp(isThere: isThere))
        }
    }

    @Test("holds commands back while an earlier role check is older than the interval")
    func overdue() {
        let harness = ready()
        harness.advance(Self.interval)
        harness.submit(1, timeout: .seconds(60))
        #expect(harness.steps() == [.askRole, .send(1), .prove])
        harness.advance(.milliseconds(1400))
        harness.submit(2, timeout: .seconds(60))
        #expect(harness.steps() == [.send(2), .prove])
    }

    @Test("is not asked for where nobody wants it")
    func off() {
        let harness = MachineHarness.ready(provesReplies: true)
        harness.advance(.seconds(3600))
        #expect(harness.steps() == [])
        #expect(harness.machine.nextDeadline == .distantFuture)
        harness.submit(1)
        #expect(harness.steps() == [.send(1), .prove])
    }
}

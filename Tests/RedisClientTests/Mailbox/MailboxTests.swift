import Testing

@testable import RedisClient

@Suite("The mailbox")
struct MailboxTests {
    @Test("hands over what came, in its order, and once")
    func exchange() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        for id in 1...3 as ClosedRange<UInt64> { #expect(fixture.submit(id) == nil) }
        fixture.mailbox.cancel(2)
        fixture.mailbox.deliver(.success([.unixSocket(path: "/a")]))
        let delivery = fixture.take()
        #expect(delivery.submissions.map(\.id) == [1, 2, 3])
        #expect(delivery.cancellations == [2])
        #expect(try delivery.resolution?.get() == [.unixSocket(path: "/a")])
        #expect(delivery.shutdown == nil)
        #expect(fixture.take().isEmpty)
    }

    @Test("signals only a loop that sleeps, and only once")
    func signals() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        _ = fixture.submit(1)
        #expect(!fixture.isSignalled)
        _ = fixture.take()
        #expect(fixture.prepareToSleep())
        #expect(!fixture.isSignalled)
        for id in 2...9 as ClosedRange<UInt64> { _ = fixture.submit(id) }
        #expect(fixture.isSignalled)
        #expect(fixture.wakeup.countSignals() == 1)
    }

    @Test("does not let the loop sleep over work")
    func noSleep() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        fixture.mailbox.cancel(1)
        #expect(!fixture.prepareToSleep())
        _ = fixture.take()
        #expect(fixture.prepareToSleep())
    }

    @Test("a loop that looked by itself needs no signal")
    func awake() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        #expect(fixture.prepareToSleep())
        _ = fixture.take()
        _ = fixture.submit(1)
        #expect(!fixture.isSignalled)
    }

    @Test("every kind of message wakes the loop")
    func everyKind() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        let kinds: [() -> Void] = [
            { _ = fixture.submit(1) }, { fixture.mailbox.cancel(1) }, { fixture.mailbox.deliver(.success([])) },
            { fixture.mailbox.shutDown(drain: .zero) },
        ]
        for post in kinds {
            #expect(fixture.prepareToSleep())
            post()
            #expect(fixture.isSignalled)
            fixture.wakeup.drain()
            _ = fixture.take()
        }
    }

    @Test("is overloaded when full, and not when room was given back")
    func overload() throws {
        let fixture = try MailboxFixture(maximumCommands: 2)
        defer { fixture.mailbox.close() }
        #expect(fixture.submit(1) == nil)
        #expect(fixture.submit(2) == nil)
        #expect(fixture.submit(3) == .overloaded)
        // Handed over is not yet done.
        #expect(fixture.take().submissions.map(\.id) == [1, 2])
        #expect(fixture.submit(4) == .overloaded)
        _ = fixture.take(released: 1)
        #expect(fixture.submit(5) == nil)
        #expect(fixture.submit(6) == .overloaded)
        _ = fixture.take()
        #expect(fixture.prepareToSleep(released: 2))
        #expect(fixture.submit(7) == nil)
        #expect(fixture.isSignalled)
    }

    @Test("keeps its storage when a delivery is used again")
    func reuse() throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        var delivery = Mailbox.Delivery()
        for round in 1...5 as ClosedRange<UInt64> {
            _ = fixture.submit(round)
            fixture.mailbox.exchange(&delivery, released: (0, 0))
            #expect(delivery.submissions.map(\.id) == [round])
            delivery.clear()
            #expect(delivery.isEmpty)
        }
    }
}

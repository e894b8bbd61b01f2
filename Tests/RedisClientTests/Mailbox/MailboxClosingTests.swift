import Testing

@testable import RedisClient

@Suite("Closing the mailbox")
struct MailboxClosingTests {
    @Test("after a shutdown everything is refused, and what came before stays")
    func refusal() throws {
        let fixture = try MailboxFixture()
        #expect(fixture.submit(1) == nil)
        fixture.mailbox.shutDown(drain: .seconds(2))
        #expect(fixture.submit(2) == .shutDown)
        let delivery = fixture.take()
        #expect(delivery.submissions.map(\.id) == [1])
        #expect(delivery.shutdown == .seconds(2))
        fixture.mailbox.close()
        #expect(fixture.submit(3) == .shutDown)
    }

    @Test("of two shutdowns the more impatient counts", arguments: [[1, 5], [5, 1]])
    func impatience(drains: [Int]) throws {
        let fixture = try MailboxFixture()
        defer { fixture.mailbox.close() }
        for drain in drains { fixture.mailbox.shutDown(drain: .seconds(drain)) }
        #expect(fixture.take().shutdown == .seconds(1))
    }

    @Test("frees those who wait for the end, and those who come later")
    func finished() async throws {
        let fixture = try MailboxFixture()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await fixture.mailbox.finished() } }
            group.addTask { fixture.mailbox.close() }
            await group.waitForAll()
        }
        await fixture.mailbox.finished()
    }

    @Test("nothing is kept once it is closed")
    func closed() throws {
        let fixture = try MailboxFixture()
        fixture.mailbox.close()
        fixture.mailbox.cancel(1)
        fixture.mailbox.deliver(.success([]))
        fixture.mailbox.shutDown(drain: .zero)
        #expect(fixture.take().isEmpty)
    }
}

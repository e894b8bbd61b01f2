import RedisClient
import Testing

@testable import SessionRepository

@Suite("Near cache: what is remembered")
struct NearCacheTests {
    private let fixture = NearCacheFixture()
    private let session = NearCacheFixture.session(device: "Phone")

    @Test("an answer is remembered until its time is over, counted from before it was asked for")
    func staleness() throws {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        fixture.now = fixture.now + .seconds(10)
        ticket.answer(.active(session))
        #expect(fixture.lookUp(session.id).session == session)
        fixture.now = fixture.now + .seconds(20) + .nanoseconds(-1)
        #expect(fixture.lookUp(session.id).session == session)
        fixture.now = fixture.now + .nanoseconds(1)
        #expect(fixture.lookUp(session.id).session == nil)
    }

    @Test("what the session has left to live bounds it too", arguments: [Duration.seconds(5), .milliseconds(1)])
    func remaining(_ remaining: Duration) {
        fixture.store(session, remaining: remaining)
        fixture.now = fixture.now + remaining + .nanoseconds(-1)
        #expect(fixture.lookUp(session.id).session == session)
        fixture.now = fixture.now + .nanoseconds(1)
        #expect(fixture.lookUp(session.id).session == nil)
    }

    @Test("a record that is gone by the time that its rest is read is not remembered", arguments: [0, -2, -1])
    func gone(milliseconds: Int) {
        fixture.store(session, remaining: .milliseconds(milliseconds))
        #expect(fixture.cache.statistics.entries == 0)
    }

    @Test("only active sessions are remembered, and none under a grant")
    func onlyActive() throws {
        let grant = SupportAccessGrantID(for: OrganizationID(stored: "acme"))
        let termination = Termination(at: session.createdAt, by: nil, reason: nil)
        let supported = NearCacheFixture.session(session.id, grant: grant)
        let answers: [Authorization] = [
            .terminated(termination), .unknown, .supportAccessEnded, .active(supported),
        ]
        for answer in answers {
            try #require(fixture.lookUp(session.id).ticket).answer(answer)
            #expect(fixture.cache.statistics.entries == 0)
        }
        #expect(fixture.cache.flightCount == 0)
    }

    @Test("a change forgets the session")
    func invalidation() {
        fixture.store(session)
        fixture.cache.invalidate(session.id)
        #expect(fixture.lookUp(session.id).session == nil)
        #expect(fixture.cache.statistics.invalidations == 1)
    }

    @Test("an answer that a change overtook is not remembered, however late it comes")
    func overtaken() throws {
        let early = try #require(fixture.lookUp(session.id).ticket)
        fixture.cache.invalidate(session.id)
        let late = try #require(fixture.lookUp(session.id).ticket)
        early.answer(.active(session))
        #expect(fixture.cache.statistics.entries == 0)
        let newer = NearCacheFixture.session(session.id, device: "newer")
        late.answer(.active(newer))
        #expect(fixture.lookUp(session.id).session == newer)
    }

    @Test("an answer from before the change does not replace one from after it")
    func resurrection() throws {
        let early = try #require(fixture.lookUp(session.id).ticket)
        fixture.cache.invalidate(session.id)
        let newer = NearCacheFixture.session(session.id, device: "newer")
        fixture.store(newer)
        early.answer(.active(session))
        #expect(fixture.lookUp(session.id).session == newer)
    }

    @Test("a user's sessions are forgotten together, those asked about too, and nobody else's")
    func everySessionOfUser() throws {
        let mine = (0..<20).map { NearCacheFixture.session("me", device: "\($0)") }
        let others = (0..<20).map { NearCacheFixture.session("other \($0)") }
        for (mine, other) in zip(mine.dropLast(), others) {
            fixture.store(mine)
            fixture.store(other)
        }
        let ticket = try #require(fixture.lookUp(mine[19].id).ticket)
        fixture.cache.invalidateAll(of: UserID(stored: "me"))
        ticket.answer(.active(mine[19]))
        #expect(fixture.cache.statistics.invalidations == 20)
        #expect(mine.allSatisfy { fixture.lookUp($0.id).session == nil })
        #expect(others.dropLast().allSatisfy { fixture.lookUp($0.id).session == $0 })
    }
}

@Suite("Near cache: when changes may go unheard")
struct NearCacheCurrencyTests {
    private let fixture = NearCacheFixture()
    private let session = NearCacheFixture.session()

    @Test("it is bypassed before the connections stand")
    func beginning() {
        let source = fixture.cache.makeSource()
        #expect(fixture.lookUp(session.id, from: source).isBypass)
        source.confirm(until: .distantFuture)
        source.becomeCurrent()
        #expect(fixture.lookUp(session.id, from: source).ticket != nil)
        #expect(fixture.cache.statistics.bypasses == 1)
    }

    @Test("it is bypassed after a connection has fallen, and has forgotten everything when they stand again")
    func gap() {
        fixture.store(session)
        fixture.source.loseCurrency()
        #expect(fixture.lookUp(session.id).isBypass)
        fixture.source.confirm(until: .distantFuture)
        fixture.source.becomeCurrent()
        #expect(fixture.lookUp(session.id).session == nil)
        #expect(fixture.cache.statistics.flushes == 1)
    }

    @Test("an answer from before the gap is not remembered after it")
    func acrossGap() throws {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        fixture.source.loseCurrency()
        fixture.source.confirm(until: .distantFuture)
        fixture.source.becomeCurrent()
        ticket.answer(.active(session))
        #expect(fixture.cache.statistics.entries == 0)
    }

    @Test("nobody waits for a question from before the gap")
    func waitAcrossGap() throws {
        let old = try #require(fixture.lookUp(session.id).ticket)
        fixture.source.flush()
        let new = try #require(fixture.lookUp(session.id).ticket)
        old.answer(.active(session))
        #expect(fixture.lookUp(session.id).flight != nil)
        new.answer(.active(session))
        #expect(fixture.lookUp(session.id).session == session)
    }

    @Test("a flush forgets everything and goes on; while bypassed there is nothing to flush")
    func flush() {
        fixture.store(session)
        fixture.source.flush()
        #expect(fixture.lookUp(session.id).ticket != nil)
        fixture.source.loseCurrency()
        fixture.source.flush()
        #expect(fixture.lookUp(session.id).isBypass)
        #expect(fixture.cache.statistics.flushes == 2)
    }

    @Test("what one server said is not taken for another's word")
    func sources() {
        fixture.store(session)
        let other = fixture.cache.makeSource()
        other.confirm(until: .distantFuture)
        other.becomeCurrent()
        #expect(fixture.lookUp(session.id, from: other).ticket != nil)
        #expect(fixture.lookUp(session.id).session == session)
        other.loseCurrency()
        #expect(fixture.lookUp(session.id).session == session)
    }
}

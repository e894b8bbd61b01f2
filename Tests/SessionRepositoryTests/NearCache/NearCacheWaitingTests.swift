import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

@Suite("Near cache: concurrent misses", .timeLimit(.minutes(1)))
struct NearCacheWaitingTests {
    private let fixture = NearCacheFixture()
    private let session = NearCacheFixture.session()

    /// Asks, lets others wait, does something to the question, and returns what they heard.
    private func outcomes(_ end: (TicketBox) -> Void) async throws -> [NearCacheFlight.Outcome] {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        let flights = try (0..<10).map { _ in try #require(fixture.lookUp(session.id).flight) }
        return await withTaskGroup { group in
            for flight in flights { group.addTask { await flight.outcome() } }
            await Task.yield()
            end(ticket)
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("one asks and all have the answer")
    func shared() async throws {
        for outcome in try await outcomes({ $0.answer(.active(session)) }) {
            guard case .answer(.active(session)) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        let statistics = fixture.cache.statistics
        #expect((statistics.misses, statistics.joins) == (1, 10))
    }

    @Test("all hear of the failure of the one who asks")
    func failure() async throws {
        for outcome in try await outcomes({ $0.fail(.timedOut) }) {
            guard case .failure(.timedOut) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(fixture.lookUp(session.id).ticket != nil)
    }

    @Test("when the one who asks gives up, the others are sent to ask", arguments: 0..<5)
    func stranded(way: Int) async throws {
        let grant = SupportAccessGrantID(for: OrganizationID(stored: "acme"))
        let outcomes = try await outcomes { ticket in
            switch way {
            case 0: ticket.drop()
            case 1: ticket.fail(.cancelled)
            case 2: fixture.cache.invalidate(session.id)
            case 3:
                fixture.source.loseCurrency()
                ticket.answer(.active(session))
            // Whether a grant is in force is no property of the session.
            default: ticket.answer(.active(NearCacheFixture.session(session.id, grant: grant)))
            }
        }
        #expect(outcomes.count == 10)
        for outcome in outcomes {
            guard case .askYourself = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        #expect(fixture.cache.flightCount == 0)
    }

    @Test("who waits can be cancelled, and the others go on waiting")
    func cancellation() async throws {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        let flight = try #require(fixture.lookUp(session.id).flight)
        let impatient = Task { await flight.outcome() }
        let patient = Task { await flight.outcome() }
        impatient.cancel()
        guard case .failure(.cancelled) = await impatient.value else {
            Issue.record("it was not cancelled")
            return
        }
        ticket.answer(.active(session))
        guard case .answer(.active(session)) = await patient.value else {
            Issue.record("it heard nothing")
            return
        }
    }

    @Test("nobody waits for an answer that would be too old when it came")
    func oldQuestion() throws {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        fixture.now = fixture.now + .seconds(30)
        #expect(fixture.lookUp(session.id).ticket != nil)
        ticket.drop()
    }

    @Test("an answer whose time is over when it comes is nobody's but the one's who asked", arguments: [5, 60])
    func oldAnswer(remaining: Int) async throws {
        let ticket = try #require(fixture.lookUp(session.id).ticket)
        let flight = try #require(fixture.lookUp(session.id).flight)
        fixture.now = fixture.now + .seconds(30)
        ticket.answer(.active(session), remaining: .seconds(remaining), now: fixture.now)
        guard case .askYourself = await flight.outcome() else {
            Issue.record("it was handed on")
            return
        }
        #expect(fixture.cache.statistics.entries == 0)
    }

    @Test("a hundred concurrent lookups ask once, and whoever is sent away asks for itself")
    func authorize() async throws {
        let (cache, source, session) = (fixture.cache, fixture.source, session)
        let asked = Count()
        let answers = try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    try await cache.authorize(session.id, from: source) { () throws(SessionRepositoryError) in
                        asked.value.add(1, ordering: .relaxed)
                        // Long enough for all to be there, and over as soon as they are.
                        while cache.statistics.joins + cache.statistics.hits < 99 { await Task.yield() }
                        return .init(.active(session), remaining: .seconds(60))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == Array(repeating: .active(session), count: 100))
        #expect(asked.value.load(ordering: .relaxed) == 1)
    }

    @Test("a lookup that the cache never serves still comes to an answer")
    func neverServed() async throws {
        let (cache, source, session) = (fixture.cache, fixture.source, session)
        let answers = try await withThrowingTaskGroup { group in
            for _ in 0..<100 {
                group.addTask {
                    try await cache.authorize(session.id, from: source) { () throws(SessionRepositoryError) in
                        await Task.yield()
                        cache.invalidate(session.id)
                        return .init(.active(session), remaining: .seconds(60))
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 100)
        #expect(cache.statistics.entries == 0)
        #expect(cache.flightCount == 0)
    }
}

private final class Count: Sendable {
    let value = Atomic(0)
}

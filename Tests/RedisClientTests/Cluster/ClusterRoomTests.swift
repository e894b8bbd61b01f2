import TestSupport
import Testing

@testable import RedisClient

@Suite("Callers that wait for the same node")
struct ClusterRoomTests {
    private let start = MonotonicTime(nanoseconds: 1 << 40)

    private func room(pauses: Int = 0, seed: UInt64 = 1) -> ClusterRoom<Int> {
        var random = SplitMix64(seed: seed)
        return ClusterRoom(pauses: pauses, now: start, using: &random)
    }

    @Test("go one at a time, in their order, after pauses that grow to a tenth of a second")
    func turns() {
        var (room, random) = (room(), SplitMix64(seed: 2))
        for id in 1...10 { #expect(room.join(id, until: start + .seconds(10)) == true) }
        var (before, bound) = (start, Duration.milliseconds(2))
        for id in 1...10 {
            let pause = room.nextTurn.duration(since: before)
            #expect(pause >= bound / 2 && pause <= bound, "\(id): \(pause)")
            before = room.nextTurn
            bound = min(bound * 2, .milliseconds(100))
            let turn = room.turn(now: before, using: &random)
            #expect(turn == .init(next: id))
        }
        #expect(room.isEmpty)
    }

    @Test("have no turn before its time")
    func early() {
        var (room, random) = (room(), SplitMix64(seed: 2))
        #expect(room.join(1, until: start + .seconds(10)) == true)
        let turn = room.turn(now: room.nextTurn + .nanoseconds(-1), using: &random)
        #expect(turn == .init())
    }

    @Test("do not begin anew when the first comes back after pauses of its own")
    func pauses() {
        let room = room(pauses: 9)
        #expect(room.nextTurn >= start + .milliseconds(50))
    }

    @Test("leave in time where there is no turn before their deadline, and are not let in then")
    func deadlines() {
        var (room, random) = (room(pauses: 9), SplitMix64(seed: 2))
        #expect(room.join(1, until: room.nextTurn) == false)
        #expect(room.join(2, until: start + .seconds(9)) == true)
        #expect(room.join(3, until: room.nextTurn + .milliseconds(40)) == true)
        #expect(room.join(4, until: start + .seconds(9)) == true)
        let turn = room.turn(now: room.nextTurn, using: &random)
        #expect(turn == .init(next: 2, expired: [3]))
        let rest = room.open()
        #expect(rest == [4])
    }

    @Test("leave when they are cancelled, and all at once when one of them was answered")
    func leaving() {
        var room = room()
        for id in 1...4 { #expect(room.join(id, until: start + .seconds(10)) == true) }
        room.leave(2)
        let rest = room.open()
        #expect(rest == [1, 3, 4])
        #expect(room.isEmpty)
    }
}

@Suite("Where a cluster's callers wait", .timeLimit(.minutes(5)))
struct ClusterWaitsTests {
    private static let reason = ClusterWaits.Reason.node(.tcp(host: "a", port: 1))
    /// Nobody has a turn before the test is over.
    private let waits = ClusterWaits(pause: { _ in .seconds(3600) })

    /// Returns when so many wait.
    private func wait(_ count: Int, slot: Int = 1, beside others: Int = 0) async -> [Task<ClusterWaits.Outcome, Never>]
    {
        let callers = (0..<count).map { _ in
            Task { [waits] in
                await waits.wait(
                    for: Self.reason, slot: HashSlot(slot), after: 9, until: .now() + .seconds(24 * 3600))
            }
        }
        await eventually("they wait") { waits.count == count + others }
        return callers
    }

    @Test("all go at once when one of them was answered")
    func opened() async {
        let callers = await wait(200)
        waits.open(Self.reason)
        for caller in callers { #expect(await caller.value == .askAgain) }
    }

    @Test("whoever asks about a slot goes when it is served, and nobody else")
    func slot() async throws {
        let callers = await wait(2)
        let other = await wait(1, slot: 2, beside: 2)
        waits.open(slot: try #require(HashSlot(1)))
        for caller in callers { #expect(await caller.value == .askAgain) }
        #expect(waits.count == 1)
        other[0].cancel()
        #expect(await other[0].value == .cancelled)
    }

    @Test("whoever is cancelled goes at once, also before the wait has begun")
    func cancelled() async {
        let callers = await wait(100)
        for caller in callers { caller.cancel() }
        for caller in callers { #expect(await caller.value == .cancelled) }
        for _ in 0..<100 {
            let caller = Task { [waits] in
                await waits.wait(for: Self.reason, slot: nil, after: 9, until: .now() + .seconds(24 * 3600))
            }
            caller.cancel()
            #expect(await caller.value == .cancelled)
        }
        #expect(waits.count == 0)
    }

    @Test("nobody stays whose time ends before there is a turn")
    func expired() async {
        #expect(await waits.wait(for: Self.reason, slot: nil, after: 9, until: .now() + .seconds(60)) == .expired)
    }

    @Test("each has a turn after a pause")
    func turns() async {
        let waits = ClusterWaits(pause: { _ in .milliseconds(1) })
        await withTaskGroup(of: ClusterWaits.Outcome.self) { group in
            for _ in 0..<20 {
                group.addTask { await waits.wait(for: .map, slot: nil, after: 9, until: .now() + .seconds(3600)) }
            }
            for await outcome in group { #expect(outcome == .askAgain) }
        }
    }

    @Test("nobody waits once it is closed")
    func closed() async {
        let callers = await wait(10)
        waits.close()
        for caller in callers { #expect(await caller.value == .askAgain) }
        let late = await waits.wait(for: Self.reason, slot: nil, after: 9, until: .now() + .seconds(24 * 3600))
        #expect(late == .askAgain)
    }
}

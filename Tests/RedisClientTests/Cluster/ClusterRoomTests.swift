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

@Suite("Where a cluster's callers wait", .timeLimit(.minutes(1)))
struct ClusterWaitsTests {
    private static let reason = ClusterWaits.Reason.node(.tcp(host: "a", port: 1))

    private func wait(
        _ waits: ClusterWaits, slot: Int = 1, for timeout: Duration = .seconds(3600)
    ) -> Task<ClusterWaits.Outcome, Never> {
        Task {
            await waits.wait(for: Self.reason, slot: HashSlot(slot), after: 9, until: .now() + timeout)
        }
    }

    @Test("each has a turn, and when one was answered the others go at once")
    func opened() async {
        let waits = ClusterWaits()
        let callers = (0..<200).map { _ in wait(waits) }
        let first = await withTaskGroup(of: ClusterWaits.Outcome.self) { group in
            for caller in callers { group.addTask { await caller.value } }
            let first = await group.next()
            // Until all have come, each is let go as it comes.
            let opener = Task {
                while !Task.isCancelled {
                    waits.open(Self.reason)
                    await Task.yield()
                }
            }
            for await outcome in group { #expect(outcome == .askAgain) }
            opener.cancel()
            return first
        }
        #expect(first == .askAgain)
    }

    @Test("whoever asks about a slot goes when it is served, and nobody else")
    func slot() async {
        let waits = ClusterWaits()
        let (one, other) = (wait(waits, slot: 1, for: .seconds(3600)), wait(waits, slot: 2, for: .milliseconds(1)))
        // Its time is over before its turn.
        #expect(await other.value == .expired)
        let opener = Task {
            while !Task.isCancelled {
                HashSlot(1).map { waits.open(slot: $0) }
                await Task.yield()
            }
        }
        #expect(await one.value == .askAgain)
        opener.cancel()
    }

    @Test("whoever is cancelled goes at once")
    func cancelled() async {
        let waits = ClusterWaits()
        for _ in 0..<100 {
            let caller = wait(waits)
            caller.cancel()
            let outcome = await caller.value
            // One may have had its turn.
            #expect(outcome != .expired)
        }
    }

    @Test("nobody waits once it is closed")
    func closed() async {
        let waits = ClusterWaits()
        let callers = (0..<10).map { _ in wait(waits) }
        waits.close()
        for caller in callers { #expect(await caller.value == .askAgain) }
    }
}

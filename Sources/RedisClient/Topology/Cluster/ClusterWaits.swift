import Synchronization

/// Where the callers of a cluster wait for it, one `ClusterRoom` for each thing that they can wait for.
final class ClusterWaits: Sendable {
    enum Reason: Hashable {
        /// That the node answers commands again, or that the map names another.
        case node(RedisEndpoint)
        /// That a master serves the slot.
        case slot(HashSlot)
        /// That a master is known at all.
        case map
    }

    enum Outcome {
        case askAgain
        /// The time is over, or would be before the next turn.
        case expired
        case cancelled
    }

    private typealias Continuation = UnsafeContinuation<Outcome, Never>

    private struct Room {
        let number: UInt64
        var line: ClusterRoom<UInt64>
    }

    private struct Caller {
        let reason: Reason
        let slot: HashSlot?
        let continuation: Continuation
    }

    private struct State {
        var rooms: [Reason: Room] = [:]
        var callers: [UInt64: Caller] = [:]
        var lastNumber = 0 as UInt64
        var isClosed = false
        // Kept here: ThreadSanitizer looks for an address of what is passed inout, and a local one of no size has none.
        var random = SystemRandomNumberGenerator()

        mutating func nextNumber() -> UInt64 {
            lastNumber += 1
            return lastNumber
        }

        /// Rooms that nobody is in go.
        mutating func tidy(_ reason: Reason) {
            if rooms[reason]?.line.isEmpty == true { rooms[reason] = nil }
        }

        mutating func take(_ numbers: [UInt64]) -> [Continuation] {
            numbers.compactMap { callers.removeValue(forKey: $0)?.continuation }
        }
    }

    private let state = Mutex(State())
    private let pause: @Sendable (Int) -> Duration

    /// - Parameter pause: after so many others.
    init(pause: @escaping @Sendable (Int) -> Duration = ClusterPause.after) {
        self.pause = pause
    }

    /// How many callers wait.
    var count: Int { state.withLock(\.callers.count) }

    /// - Parameters:
    ///   - slot: what the caller wants to ask about.
    ///   - pauses: how many pauses the caller has had.
    func wait(
        for reason: Reason, slot: HashSlot?, after pauses: Int, until deadline: MonotonicTime
    ) async -> Outcome {
        let number = state.withLock { $0.nextNumber() }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let caller = Caller(reason: reason, slot: slot, continuation: continuation)
                if let outcome = join(number, caller, after: pauses, until: deadline) {
                    continuation.resume(returning: outcome)
                } else if Task.isCancelled {
                    // The handler may have run before there was anything to cancel.
                    leave(number, reason)
                }
            }
        } onCancel: {
            leave(number, reason)
        }
    }

    /// What they wait for is there.
    func open(_ reason: Reason) {
        let callers = state.withLock { state in
            var room = state.rooms.removeValue(forKey: reason)
            return state.take(room?.line.open() ?? [])
        }
        for caller in callers { caller.resume(returning: .askAgain) }
    }

    /// A slot's master takes commands: all callers that want to ask about the slot go on, whatever they wait for.
    func open(slot: HashSlot) {
        let callers = state.withLock { state in
            let found = state.callers.filter { $0.value.slot == slot }
            for (number, caller) in found {
                state.rooms[caller.reason]?.line.leave(number)
                state.tidy(caller.reason)
            }
            return state.take(Array(found.keys))
        }
        for caller in callers { caller.resume(returning: .askAgain) }
    }

    /// Slots have other masters than before.
    func openAll() {
        for reason in state.withLock({ Array($0.rooms.keys) }) { open(reason) }
    }

    /// Nobody waits any more.
    func close() {
        state.withLock { $0.isClosed = true }
        openAll()
    }

    /// - Returns: `nil` when the caller waits.
    private func join(
        _ number: UInt64, _ caller: Caller, after pauses: Int, until deadline: MonotonicTime
    ) -> Outcome? {
        let reason = caller.reason
        let (outcome, newRoom) = state.withLock { state -> (Outcome?, UInt64?) in
            guard !state.isClosed else { return (.askAgain, nil) }
            var (room, newRoom) = (state.rooms[reason], nil as UInt64?)
            if room == nil {
                let number = state.nextNumber()
                let line = ClusterRoom<UInt64>(pauses: pauses, now: .now(), using: &state.random, pause: pause)
                (room, newRoom) = (Room(number: number, line: line), number)
            }
            guard room?.line.join(number, until: deadline) == true else { return (.expired, nil) }
            state.rooms[reason] = room
            state.callers[number] = caller
            return (nil, newRoom)
        }
        // The task would have the priority of the first caller, and later ones may be more urgent.
        if let newRoom { Task(priority: .high) { await run(newRoom, reason) } }
        return outcome
    }

    private func leave(_ number: UInt64, _ reason: Reason) {
        let caller = state.withLock { state in
            state.rooms[reason]?.line.leave(number)
            state.tidy(reason)
            return state.callers.removeValue(forKey: number)
        }
        caller?.continuation.resume(returning: .cancelled)
    }

    /// As long as there is anybody in the room.
    private func run(_ number: UInt64, _ reason: Reason) async {
        while let next = state.withLock({ $0.rooms[reason].flatMap { $0.number == number ? $0.line.nextTurn : nil } }) {
            try? await Task.sleep(for: next.duration(since: .now()))
            let (going, expired) = state.withLock { state -> ([Continuation], [Continuation]) in
                guard state.rooms[reason]?.number == number,
                    let turn = state.rooms[reason]?.line.turn(now: .now(), using: &state.random)
                else { return ([], []) }
                state.tidy(reason)
                return (state.take(turn.next.map { [$0] } ?? []), state.take(turn.expired))
            }
            for caller in going { caller.resume(returning: .askAgain) }
            for caller in expired { caller.resume(returning: .expired) }
        }
    }
}

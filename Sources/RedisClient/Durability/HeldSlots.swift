import Synchronization

/// Slots of a server that must not be asked before it has taken what the journal has for them: it refuses a write for now,
/// or the slot is on its way to another node.
final class HeldSlots: Sendable {
    /// What is held, and since which log-in.
    struct Snapshot: Sendable {
        /// By slot: the word with which the server refused, such as NOREPLICAS.
        var causes: [HashSlot: String] = [:]
        /// Counts the log-ins that told the journal. A server that was told in one may not be that of the next.
        var era = 0
    }

    private let state = Mutex(Snapshot())
    /// So that the usual case takes no lock.
    private let count = Atomic<Int>(0)
    /// Yields when something is held.
    let holds: AsyncStream<Void>
    private let noteHold: AsyncStream<Void>.Continuation

    init() {
        (holds, noteHold) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    var snapshot: Snapshot { state.withLock(\.self) }

    func contains(_ slot: HashSlot?) -> Bool { cause(of: slot) != nil }

    /// Why a slot is held; `nil` when it is not.
    func cause(of slot: HashSlot?) -> String? {
        guard let slot, !isEmpty else { return nil }
        return state.withLock { $0.causes[slot] }
    }

    /// Why a command must not be sent; `nil` when it may be.
    func refusal(of command: RedisCommand) -> RedisError? {
        guard !isEmpty, !command.appliesJournal, let cause = cause(of: command.slot) else { return nil }
        return Self.refusal(cause)
    }

    static func refusal(_ cause: String) -> RedisError {
        .unavailable(
            reason: "the server has not taken an earlier revocation in this hash slot again: \(cause)")
    }

    /// What a log-in that told the journal has left.
    func replace(with causes: [HashSlot: String]) {
        change { state in
            state.causes = causes
            state.era += 1
        }
    }

    func hold(_ slot: HashSlot, because cause: String) {
        change { $0.causes[slot] = cause }
    }

    /// What the server says now of a slot that is held.
    func note(_ cause: String, of slot: HashSlot, since era: Int) {
        change { state in
            if state.era == era, state.causes[slot] != nil { state.causes[slot] = cause }
        }
    }

    /// - Parameter era: in which the server was told; in another one it may have been another server.
    func release(_ slot: HashSlot, since era: Int) {
        change { state in
            if state.era == era { state.causes[slot] = nil }
        }
    }

    private func change(_ body: (inout Snapshot) -> Void) {
        let isHolding = state.withLock { state in
            let before = state.causes.count
            body(&state)
            count.store(state.causes.count, ordering: .releasing)
            return state.causes.count > before
        }
        if isHolding { noteHold.yield() }
    }
}

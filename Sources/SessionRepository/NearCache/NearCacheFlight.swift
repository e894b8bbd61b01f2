import RedisClient
import Synchronization

/// A question about one session that is on its way to Redis, and those who wait for its answer too.
package final class NearCacheFlight: Sendable {
    /// What those who wait are told.
    package enum Outcome: Sendable {
        case answer(Authorization)
        case failure(SessionRepositoryError)
        /// The answer is not theirs to use: the session may have changed meanwhile, it depends on more than the session,
        /// or whoever asked gave up.
        case askYourself
    }

    private struct State {
        var outcome: Outcome?
        var lastWaiter = 0
        var waiters: [Int: UnsafeContinuation<Outcome, Never>] = [:]
    }

    let id: SessionID
    let epoch: UInt64
    /// Before the question was sent.
    let askedAt: MonotonicTime
    private let state = Mutex(State())

    init(_ id: SessionID, epoch: UInt64, askedAt: MonotonicTime) {
        self.id = id
        self.epoch = epoch
        self.askedAt = askedAt
    }

    var isOver: Bool { state.withLock { $0.outcome != nil } }

    /// Lets everyone who waits, or comes later, go on. The first outcome is the one that counts.
    func end(_ outcome: Outcome) {
        let waiters = state.withLock { state in
            guard state.outcome == nil else { return [:] as [Int: UnsafeContinuation<Outcome, Never>] }
            state.outcome = outcome
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    /// Waits no longer than the question takes, which has a timeout of its own; a cancelled task waits no more.
    package func outcome() async -> Outcome {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let outcome = state.withLock { state -> Outcome? in
                    if let outcome = state.outcome { return outcome }
                    // The handler may have run before there was anything to cancel.
                    if Task.isCancelled { return .failure(.cancelled) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: .failure(.cancelled))
        }
    }
}

public import Foundation
public import SessionRepository
import Synchronization

/// The twin of `RedisSessionRepository` for unit tests of what uses one: the same answers, the same errors for the same
/// input, no Redis, and time that moves when the test says so. Both run one conformance suite.
///
/// ```swift
/// let clock = ManualClock()
/// let sessions = try InMemorySessionRepository(now: { clock.now })
/// ```
///
/// It never throws what comes from a server: `storeUnavailable`, `timedOut`, `overloaded`, `storeFull`, `storeRefused`,
/// `corruptRecord`.
public final class InMemorySessionRepository: SessionRepository {
    private struct State {
        var store: InMemoryStore
        var lastReader = 0
        var readers: [Int: SessionEventBuffer] = [:]
        var isShutDown = false
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Date
    let refreshTokenKeys: BoundRefreshTokenKeys?

    /// An empty store.
    /// - Parameters:
    ///   - policy: as in `RedisSessionRepositoryConfiguration`, as is all but the clock.
    ///   - refreshTokenKeys: without them there are no refresh tokens, and `rotateRefreshToken` throws.
    ///   - authorizeAttributes: those that `authorize` fills in.
    ///   - authorizeAssurance: whether it fills in assurance too.
    ///   - keyPrefix: binds refresh tokens, as does the next.
    ///   - deployment: the deployment's name.
    ///   - now: the store's clock.
    /// - Throws: `invalidConfiguration`, naming the setting.
    public init(
        policy: SessionPolicy = SessionPolicy(), refreshTokenKeys: RefreshTokenKeys? = nil,
        authorizeAttributes: [String] = [], authorizeAssurance: Bool = false, keyPrefix: String = "sr",
        deployment: String? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(SessionRepositoryError) {
        try policy.validate()
        let refreshTokenKeys = refreshTokenKeys.map {
            BoundRefreshTokenKeys($0, keyPrefix: keyPrefix, deployment: deployment)
        }
        self.refreshTokenKeys = refreshTokenKeys
        state = Mutex(
            State(
                store: InMemoryStore(
                    policy: policy, refreshTokenKeys: refreshTokenKeys, authorizeAttributes: authorizeAttributes,
                    authorizeAssurance: authorizeAssurance)))
        self.now = now
    }

    deinit {
        shutdown()
    }

    /// Ends the readers of events. Later operations throw `shutDown`.
    public func shutdown() {
        let readers = state.withLock { state in
            state.isShutDown = true
            defer { state.readers = [:] }
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }

    public func events() async throws(SessionRepositoryError) -> SessionEvents {
        let (buffer, events) = SessionEventBuffer.make()
        let number = try state.withLock { state throws(SessionRepositoryError) -> Int in
            guard !state.isShutDown else { throw .shutDown }
            state.lastReader += 1
            state.readers[state.lastReader] = buffer
            return state.lastReader
        }
        buffer.onEnd { [weak self] in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: number) }
        }
        return events
    }

    /// One operation: all of it at one moment, as if it were one script.
    func perform<Value: Sendable>(
        _ operation: (inout InMemoryStore) throws(SessionRepositoryError) -> Value
    ) throws(SessionRepositoryError) -> Value {
        guard !Task.isCancelled else { throw .cancelled }
        let time = now().unixMilliseconds ?? 0
        return try state.withLock { state throws(SessionRepositoryError) -> Value in
            guard !state.isShutDown else { throw .shutDown }
            state.store.now = time
            defer {
                for event in state.store.takeEvents() {
                    for reader in state.readers.values { reader.append(event) }
                }
            }
            return try operation(&state.store)
        }
    }

    /// Whether something in the store changes by itself in these milliseconds: for tests that compare with a store
    /// whose clock cannot be held.
    package func hasDeadline(in milliseconds: ClosedRange<Int64>) -> Bool {
        state.withLock { $0.store.hasDeadline(in: milliseconds) }
    }
}

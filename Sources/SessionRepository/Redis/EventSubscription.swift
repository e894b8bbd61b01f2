import RedisClient
import Synchronization

/// The connections of those who read events, until they or the repository end.
final class EventSubscriptions: Sendable {
    private struct State {
        var isClosed = false
        var lastNumber = 0
        var open: [Int: EventSubscription] = [:]
    }

    private let state = Mutex(State())

    /// `nil` once closed.
    func add(_ subscription: EventSubscription) -> Int? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            state.open[state.lastNumber] = subscription
            return state.lastNumber
        }
    }

    func remove(_ number: Int) {
        // Let go outside of the lock: it may be the last reference.
        _ = state.withLock { $0.open.removeValue(forKey: number) }
    }

    func close() async {
        let open = state.withLock { state in
            state.isClosed = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for subscription in open { await subscription.end() }
    }
}

/// One reader's connection to the channel of events. A connection of its own: one that subscribes takes no commands.
final class EventSubscription: Sendable {
    private let listener: RedisListener
    private let buffer: SessionEventBuffer
    private let heartbeat: Task<Void, Never>

    /// From the start of one heartbeat to the start of the next.
    private static let interval = Duration.seconds(1)
    /// So many heartbeats in a row that the server refuses end the subscription: a credential that is being replaced is
    /// refused once, perhaps.
    private static let lastingRefusal = 3

    init(to channel: String, of client: RedisClient, buffer: SessionEventBuffer) throws(RedisError) {
        let subscription = RedisSubscription(channel: channel) { signal in
            switch signal {
            case .begun: buffer.begin()
            case .lost: buffer.noteGap()
            // Anything else on the channel is not ours: of a later version, perhaps.
            case .message(let text): for event in SessionEvent.events(in: text) { buffer.append(event) }
            }
        }
        let listener = try client.listen(to: subscription)
        self.listener = listener
        self.buffer = buffer
        heartbeat = Task {
            var start = MonotonicTime.now()
            var refusals = 0
            while (try? await Task.sleep(for: (start + Self.interval).duration(since: .now()))) != nil {
                start = .now()
                do throws(RedisError) {
                    try await listener.ping()
                    refusals = 0
                } catch {
                    // A connection that does not answer is closed and replaced; there is nothing else to do about it.
                    if case .server = error { refusals += 1 } else { refusals = 0 }
                    if refusals == Self.lastingRefusal {
                        return buffer.finish(throwing: SessionRepositoryError(error, key: channel))
                    }
                }
                buffer.reportGap()
            }
        }
    }

    /// Returns when everything that happens from then on is heard.
    func begin() async throws(RedisError) {
        try await listener.ping()
    }

    deinit {
        // The heartbeat holds the listener, whose connection goes with it.
        heartbeat.cancel()
    }

    func end() async {
        heartbeat.cancel()
        buffer.finish()
        await listener.shutdown()
    }
}

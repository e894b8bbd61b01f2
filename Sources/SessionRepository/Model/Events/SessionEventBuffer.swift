import Synchronization

/// Where events wait for their reader: a bounded buffer that says when it overflowed.
package final class SessionEventBuffer: Sendable {
    private typealias Continuation = AsyncThrowingStream<SessionEvents.Element, any Error>.Continuation

    private let continuation: Continuation
    private let hasMissed = Mutex(false)
    private let begun = Mutex(false)

    package static let limit = 10_000

    private init(_ continuation: Continuation) {
        self.continuation = continuation
    }

    /// The buffer does not hold its reader's end: once nobody does, `onEnd` runs.
    package static func make() -> (SessionEventBuffer, SessionEvents) {
        let (stream, continuation) = AsyncThrowingStream.makeStream(
            of: SessionEvents.Element.self, throwing: (any Error).self, bufferingPolicy: .bufferingOldest(limit))
        return (SessionEventBuffer(continuation), SessionEvents.reading(stream))
    }

    package func append(_ event: SessionEvent) {
        hasMissed.withLock { hasMissed in
            report(&hasMissed)
            if hasMissed || !isTaken(.event(event)) { hasMissed = true }
        }
    }

    /// The source is heard from here on; what it said since the last time is lost.
    package func begin() {
        let isAgain = begun.withLock { begun in
            defer { begun = true }
            return begun
        }
        if isAgain { noteGap() }
    }

    /// The source is not heard from here on.
    package func noteGap() {
        hasMissed.withLock { hasMissed in
            hasMissed = true
            report(&hasMissed)
        }
    }

    /// Says that events are missing as soon as there is room to say it.
    package func reportGap() {
        hasMissed.withLock { report(&$0) }
    }

    package func finish(throwing error: SessionRepositoryError? = nil) { continuation.finish(throwing: error) }

    /// Runs `body` once when nobody reads any more.
    package func onEnd(_ body: @escaping @Sendable () -> Void) {
        continuation.onTermination = { _ in body() }
    }

    private func report(_ hasMissed: inout Bool) {
        if hasMissed, isTaken(.mayHaveMissed) { hasMissed = false }
    }

    private func isTaken(_ element: SessionEvents.Element) -> Bool {
        if case .dropped = continuation.yield(element) { return false }
        return true
    }
}

import Synchronization

/// Events as they come, for one reader. Begins where `events()` returned and ends when the repository shuts down or the
/// reading task is cancelled.
public struct SessionEvents: AsyncSequence, Sendable {
    /// An event, or the news that some may be missing.
    public enum Element: Hashable, Sendable {
        /// One change, in the order in which its server published it.
        case event(SessionEvent)
        /// Events may be missing here: the connection was lost for a while, or the reader was more than 10,000 events
        /// behind. What depends on them should be read anew.
        case mayHaveMissed
    }

    package let stream: AsyncStream<Element>

    /// Reads from here on. For one reader: two share the events between them.
    public func makeAsyncIterator() -> AsyncStream<Element>.Iterator {
        stream.makeAsyncIterator()
    }
}

/// Where events wait for their reader: a bounded buffer that says when it overflowed.
package final class SessionEventBuffer: Sendable {
    private let continuation: AsyncStream<SessionEvents.Element>.Continuation
    private let hasMissed = Mutex(false)
    private let begun = Mutex(false)

    package static let limit = 10_000

    private init(_ continuation: AsyncStream<SessionEvents.Element>.Continuation) {
        self.continuation = continuation
    }

    /// The buffer does not hold its reader's end: once nobody does, `onEnd` runs.
    package static func make() -> (SessionEventBuffer, SessionEvents) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SessionEvents.Element.self, bufferingPolicy: .bufferingOldest(limit))
        return (SessionEventBuffer(continuation), SessionEvents(stream: stream))
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
        guard isAgain else { return }
        hasMissed.withLock { hasMissed in
            hasMissed = true
            report(&hasMissed)
        }
    }

    /// Says that events are missing as soon as there is room to say it.
    package func reportGap() {
        hasMissed.withLock { report(&$0) }
    }

    package func finish() { continuation.finish() }

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

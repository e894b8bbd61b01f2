/// Events as they come, for one reader. Begins where `events()` returned, and ends when the repository shuts down or the
/// reading task is cancelled.
///
/// A lost connection is made again, for as long as that takes. Where the server refuses it, several times in a row, the
/// sequence throws what the server says, such as `storeRefused` with `NOPERM` or `WRONGPASS`.
public struct SessionEvents: AsyncSequence, Sendable {
    /// What ends the sequence early.
    public typealias Failure = SessionRepositoryError

    /// An event, or the news that some may be missing.
    public enum Element: Hashable, Sendable {
        /// One change, in the order in which its server published it.
        case event(SessionEvent)
        /// Events may be missing from here on: the connection was lost. It comes again when events are heard again, and
        /// also where the reader was more than 10,000 events behind. What depends on them should be read anew.
        case mayHaveMissed
    }

    fileprivate let stream: AsyncThrowingStream<Element, any Error>

    /// Reads from here on. For one reader: two share the events between them.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(base: stream.makeAsyncIterator())
    }

    /// One reader's place.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var base: AsyncThrowingStream<Element, any Error>.Iterator

        /// Waits for the next one; `nil` at the end.
        public mutating func next() async throws(SessionRepositoryError) -> Element? {
            try await next(isolation: #isolation)
        }

        /// The same, without leaving the caller's actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(SessionRepositoryError) -> Element? {
            do {
                return try await base.next(isolation: actor)
            } catch let error as SessionRepositoryError {
                throw error
            } catch {
                // Nothing else is put in.
                throw .cancelled
            }
        }
    }
}

extension SessionEvents {
    package static func reading(_ stream: AsyncThrowingStream<Element, any Error>) -> SessionEvents {
        SessionEvents(stream: stream)
    }
}

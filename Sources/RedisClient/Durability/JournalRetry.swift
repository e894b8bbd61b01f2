import Logging

/// Goes on applying at one server what it refused at log-in, until it takes it: with growing pauses, whether or not
/// somebody asks. Each round ends with the first refusal, and the next one begins behind it: a write that is never taken
/// keeps no other from being applied.
final class JournalRetry: Sendable {
    private let task: Task<Void, Never>

    /// The longest pause: a server that takes writes again is asked within that time.
    private static let longestPause = Duration.seconds(1)

    init(of journal: WriteJournal, on connection: RedisConnection, timeout: Duration, place: String, logger: Logger) {
        let round = Round(journal: journal, connection: connection, timeout: timeout)
        task = Task {
            for await _ in connection.heldSlots.holds {
                let causes = Set(connection.heldSlots.snapshot.causes.values).sorted()
                guard !causes.isEmpty else { continue }
                logger.warning(
                    "the server does not take earlier revocations again; what they are about is refused until it does",
                    metadata: .keyed([
                        .endpoint: "\(place)", .redisError: "\(causes.joined(separator: ", "))",
                    ]))
                await Self.repeatRounds(of: round, cap: Self.longestPause)
                guard !Task.isCancelled else { return }
                logger.notice(
                    "the server has taken all earlier revocations again", metadata: .keyed([.endpoint: "\(place)"]))
            }
        }
    }

    func stop() { task.cancel() }

    deinit { task.cancel() }

    private static func repeatRounds(of round: Round, cap: Duration) async {
        var round = round
        var backoff = Backoff(cap: cap)
        var random = SystemRandomNumberGenerator()
        while !round.connection.heldSlots.isEmpty {
            guard (try? await Task.sleep(for: backoff.next(using: &random))) != nil else { return }
            if await round.run() { backoff.reset() }
        }
    }

    /// One after the other, all that is held.
    private struct Round {
        let journal: WriteJournal
        let connection: RedisConnection
        let timeout: Duration
        private var refused: HashSlot?

        init(journal: WriteJournal, connection: RedisConnection, timeout: Duration) {
            self.journal = journal
            self.connection = connection
            self.timeout = timeout
        }

        /// - Returns: whether something could be applied.
        mutating func run() async -> Bool {
            let snapshot = connection.heldSlots.snapshot
            let slots = snapshot.causes.keys.sorted { $0.number < $1.number }
            let start = slots.firstIndex { slot in refused.map { slot.number > $0.number } ?? true } ?? 0
            var isProgress = false
            for slot in slots[start...] + slots[..<start] {
                do throws(RedisError) {
                    try await apply(slot)
                    connection.heldSlots.release(slot, since: snapshot.era)
                    isProgress = true
                } catch {
                    refused = slot
                    connection.heldSlots.note(error.refusalWord, of: slot, since: snapshot.era)
                    return isProgress
                }
            }
            return isProgress
        }

        /// What has left the journal meanwhile holds nothing back.
        private func apply(_ slot: HashSlot) async throws(RedisError) {
            var rest = journal.entries(in: slot)[...]
            while case let chunk = rest.prefix(JournalReplay.chunk), !chunk.isEmpty {
                do throws(RedisError) {
                    try await connection.reapply(chunk.map(\.write), until: .now() + timeout)
                } catch  where JournalReplay.Verdict(error) == .elsewhere {
                    // Another node's by now, which is told as it gets the slot.
                    return
                }
                journal.countReplayed(chunk.count)
                rest = rest.dropFirst(chunk.count)
            }
        }
    }
}

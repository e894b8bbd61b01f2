import Logging

/// Tasks that run on the loop's thread.
extension ConnectionLoop {
    /// Sends what they ask, a batch at a time. What is overdue goes by when the socket was looked at: a reply may lie there.
    func runTasks() {
        let looked = now
        var ended = looked
        executor.run {
            ended = .now()
            now = ended
            takeDelivery()
            now = looked
            act()
            return ended < looked + Self.longestRun
        }
        let duration = ended.duration(since: looked)
        if duration > SlowTurns.limit { noteSlowTurn(duration, now: ended) }
    }

    private func noteSlowTurn(_ duration: Duration, now: MonotonicTime) {
        configuration.connectionCounts.countSlowTurn()
        guard let report = slowTurns.note(duration, now: now) else { return }
        logger.warning(
            "tasks on the store's thread held up its replies and timeouts: do not compute or block there",
            metadata: .keyed([
                .turns: "\(report.count)", .turnMilliseconds: "\(report.longest.clampedNanoseconds / 1_000_000)",
            ]))
    }

    /// After so long the socket is looked at again, however many tasks are left.
    private static let longestRun = Duration.milliseconds(1)
}

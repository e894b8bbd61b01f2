/// Which of the sentinels' answers is believed: pure.
///
/// Of a majority's answers the one with the highest epoch counts: a sentinel that was cut off still names the old master.
/// Where no majority answers, one that has an older epoch than was seen before is not believed.
struct SentinelBallot {
    struct Answer: Equatable, Sendable {
        let master: RedisEndpoint
        /// Of the failover that made it the master; `nil` where the sentinel does not tell.
        let epoch: Int64?
    }

    /// A majority may be behind while the news travels. After a while it is right, as when sentinels were set up anew.
    static let memory = Duration.seconds(10)

    private var newestEpoch = Int64.min
    private var seenAt = MonotonicTime(nanoseconds: .min)

    /// - Parameter majority: how many answers are one.
    /// - Returns: the answer to believe; `nil` when all of them are behind.
    mutating func choose(from answers: [Answer], majority: Int, now: MonotonicTime) -> Answer? {
        guard let best = answers.max(by: { rank(of: $0, in: answers) < rank(of: $1, in: answers) }) else { return nil }
        // Without an epoch there is nothing to compare.
        guard let epoch = best.epoch else { return best }
        let isOld = now >= seenAt + Self.memory
        guard epoch >= newestEpoch || (answers.count >= majority && isOld) else { return nil }
        (newestEpoch, seenAt) = (epoch, now)
        return best
    }

    /// First the epoch, then how many say the same.
    private func rank(of answer: Answer, in answers: [Answer]) -> (Int64, Int) {
        (answer.epoch ?? .min, answers.count { $0.master == answer.master })
    }
}

import Foundation
import RedisClient

extension RedisSessionRepository {
    /// Walks the key space, page after page, and lets `visit` have the keys that match. For maintenance only, never on a
    /// request's path. A key that is there from the beginning to the end is visited, perhaps more than once: in a cluster
    /// too, where it may move from a master that has not been walked to one that has; then the walk begins again.
    /// - Parameter visit: also gets how much of the key space has been walked then, 0 to 1.
    func walk(
        _ pattern: String, visit: ([String], _ fraction: Double) async throws(SessionRepositoryError) -> Void
    ) async throws(SessionRepositoryError) {
        var isFirst = true
        var patience = MonotonicTime.now() + commandTimeout
        var before = try await partitions()
        for _ in 0..<Self.maximumWalks {
            do throws(SessionRepositoryError) {
                for (number, partition) in before.enumerated() {
                    try await walk(partition, pattern) { page, fraction throws(SessionRepositoryError) in
                        patience = .now() + commandTimeout
                        try await visit(page, (Double(number) + fraction) / Double(before.count))
                    }
                }
                let after = try await partitions()
                // A key moves once while its slot does: what the first walk missed, the second sees.
                let moves = isFirst && (before + after).contains { !$0.slotsOnTheWay.isEmpty }
                let isSettled = before.map(\.place) == after.map(\.place) && before.map(\.slots) == after.map(\.slots)
                if isSettled, !moves { return }
                isFirst = !isSettled
                before = after
            } catch {
                // A master that fails has a successor soon.
                guard client.isCluster, error.isOutage, MonotonicTime.now() < patience else { throw error }
                do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .cancelled }
                before = try await partitions()
                isFirst = true
            }
        }
        throw .storeUnavailable(reason: "the cluster's slots do not stay where they are")
    }

    private static let maximumWalks = 1000

    func partitions(of other: RedisClient? = nil) async throws(SessionRepositoryError) -> [RedisPartition] {
        do {
            return try await (other ?? client).partitions().sorted { $0.place < $1.place }
        } catch {
            throw SessionRepositoryError(error, key: "")
        }
    }

    private func walk(
        _ partition: RedisPartition, _ pattern: String,
        visit: ([String], _ fraction: Double) async throws(SessionRepositoryError) -> Void
    ) async throws(SessionRepositoryError) {
        var cursor = "0"
        repeat {
            let command = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000").sealed
            let page: (cursor: String, keys: [String])
            do {
                page = try await partition.execute(command) { reply throws(ReplyProblem) in
                    guard reply.count == 2, let cursor = reply[0].string, UInt64(cursor) != nil,
                        let count = reply[1].count
                    else {
                        throw .misplaced("the reply to SCAN is not a cursor and keys")
                    }
                    return (cursor, (0..<count).compactMap { reply[1][$0].string })
                }
            } catch {
                throw SessionRepositoryError(error, key: pattern)
            }
            cursor = page.cursor
            try await visit(page.keys, Self.fraction(walkedAt: cursor))
        } while cursor != "0"
    }

    /// Redis counts through its table with the cursor's bits reversed, so that the lowest bit changes last. Where a
    /// server counts otherwise, the fraction is no more than a guess.
    static func fraction(walkedAt cursor: String) -> Double {
        guard let number = UInt64(cursor), number > 0 else { return 1 }
        var reversed: UInt64 = 0
        for bit in 0..<64 where number & (1 << bit) != 0 { reversed |= 1 << (63 - bit) }
        return Double(reversed) / 0x1p64
    }

    /// The clock of the master that is furthest ahead.
    func latestClock() async throws(SessionRepositoryError) -> Int64 {
        do {
            let clocks = try await client.askAllMasters(RedisCommand("TIME"), decode: Self.milliseconds)
            return clocks.max() ?? 0
        } catch {
            throw SessionRepositoryError(error, key: "")
        }
    }

    /// Reads the answer to TIME.
    @Sendable static func milliseconds(_ reply: borrowing RedisReply) throws(ReplyProblem) -> Int64 {
        guard reply.count == 2, let seconds = reply[0].decimal, let microseconds = reply[1].decimal,
            (0...Date.recordable.upperBound / 1000).contains(seconds)
        else { throw .misplaced("the reply to TIME is no time") }
        return seconds * 1000 + microseconds / 1000
    }
}

extension SessionRepositoryError {
    /// Says that nothing happened: not what a caller may hear of an operation whose first step is done.
    var deniesAnyEffect: Bool {
        switch self {
        case .storeUnavailable, .overloaded: true
        default: false
        }
    }

    fileprivate var isOutage: Bool {
        switch self {
        case .storeUnavailable, .timedOut: true
        default: false
        }
    }
}

import Foundation
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

/// Real threads: a store whose versions only grow, lookups, changes, gaps and refills all at once.
@Suite("Near cache: on several threads", .timeLimit(.minutes(5)))
struct NearCacheThreadsTests {
    /// A number for each key.
    private final class Numbers: Sendable {
        private let numbers: Mutex<[Int]>

        init(keys: Int) {
            numbers = Mutex(Array(repeating: 0, count: keys))
        }

        subscript(key: Int) -> Int { numbers.withLock { $0[key] } }

        func increment(_ key: Int) -> Int {
            numbers.withLock { numbers in
                numbers[key] += 1
                return numbers[key]
            }
        }

        func raise(_ key: Int, to number: Int) {
            numbers.withLock { $0[key] = max($0[key], number) }
        }
    }

    @Test("a lookup that starts after a write has returned never sees what was before it")
    func linearizable() async {
        let ids = (0..<8).map { SessionID(for: UserID(stored: "user-\($0 % 3)")) }
        let server = Numbers(keys: ids.count)
        var policy = NearCachePolicy()
        policy.maximumEntries = 6
        let cache = NearCache(policy: policy)
        let source = cache.makeSource()
        source.confirm(until: .distantFuture)
        source.becomeCurrent()
        let finished = Numbers(keys: ids.count)
        await withTaskGroup { group in
            for worker in 0..<6 {
                group.addTask {
                    for round in 0..<4000 {
                        let key = (round &* 7 &+ worker &* 3) % ids.count
                        if round.isMultiple(of: 16) {
                            let version = server.increment(key)
                            if round.isMultiple(of: 64) {
                                cache.invalidateAll(of: UserID(stored: "user-\(key % 3)"))
                            } else {
                                cache.invalidate(ids[key])
                            }
                            finished.raise(key, to: version)
                        }
                        if worker == 0, round.isMultiple(of: 100) { source.flush() }
                        if worker == 1, round.isMultiple(of: 100) {
                            source.loseCurrency()
                            source.confirm(until: .distantFuture)
                            source.becomeCurrent()
                        }
                        let floor = finished[key]
                        let version = await Self.lookUp(ids[key], in: cache, from: source) {
                            () throws(SessionRepositoryError) in
                            if round.isMultiple(of: 50) { throw .cancelled }
                            let version = server[key]
                            if round.isMultiple(of: 3) { await Task.yield() }
                            return version
                        }
                        if let version { #expect(version >= floor) }
                    }
                }
            }
        }
        let statistics = cache.statistics
        #expect(cache.flightCount == 0)
        #expect(statistics.entries <= 6)
        #expect(statistics.hits > 0 && statistics.misses > 0 && statistics.invalidations > 0)
    }

    /// The version that the cache or the server says; `nil` when asking was cancelled.
    private static func lookUp(
        _ id: SessionID, in cache: NearCache, from source: NearCacheSource,
        reading read: () async throws(SessionRepositoryError) -> Int
    ) async -> Int? {
        do {
            let answer = try await cache.authorize(id, from: source) { () throws(SessionRepositoryError) in
                let session = NearCacheFixture.session(id, device: String(try await read()))
                return .init(.active(session), remaining: .seconds(60))
            }
            guard case .active(let session) = answer else { return -1 }
            return session.deviceName.flatMap(Int.init) ?? -1
        } catch {
            #expect(error == .cancelled)
            return nil
        }
    }
}

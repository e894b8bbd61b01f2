import Foundation
import Testing

@testable import SessionRepository

@Suite("The limit of sessions per user")
struct SessionLimitTests {
    private func policy(_ limit: Int, _ overflow: SessionPolicy.Overflow) -> SessionPolicy {
        var policy = SessionPolicy()
        policy.maximumSessionsPerUser = limit
        policy.overflow = overflow
        policy.activityResolution = .zero
        return policy
    }

    @Test("The session idle for longest makes room, with the reason recorded and its chain invalidated")
    func leastRecentlyActive() async throws {
        try await withStore(policy: policy(3, .terminateLeastRecentlyActive)) { store in
            let user = try store.user()
            var sessions: [Session] = []
            for number in 0..<3 {
                sessions.append(try await store.create(for: user, device: "\(number)"))
                try await store.nextMillisecond()
            }
            #expect(try await store.repository.touch(sessions[0].id) == .recorded)
            let fourth = try await store.create(for: user)
            let active = try await store.repository.findActiveSessionsByUser(user).map(\.id)
            #expect(Set(active) == [sessions[0].id, sessions[2].id, fourth.id])
            let termination = try await store.repository.authorize(sessions[1].id).termination
            #expect(termination?.reason == Termination.sessionLimitReason)
            #expect(termination?.by == nil)
            #expect(
                try await store.repository.refreshTokenChainState(sessions[1].id)
                    == .invalidated(reason: Termination.sessionLimitReason))
        }
    }

    @Test("A policy that refuses leaves everything as it was")
    func refuse() async throws {
        try await withStore(policy: policy(2, .refuse)) { store in
            let user = try store.user()
            let sessions = try await store.create(2, for: user)
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.sessionLimitReached(limit: 2)) {
                try await store.create(for: user)
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.terminateSession(sessions[0].id) == .terminated)
            try await store.create(for: user)
            #expect(try await store.repository.findActiveSessionsByUser(user).count == 2)
        }
    }

    @Test("A repeated creation is no further session")
    func repeated() async throws {
        try await withStore(policy: policy(1, .refuse)) { store in
            let new = store.session(for: try store.user())
            let first = try await store.repository.createSession(new).session
            #expect(try await store.repository.createSession(new).session == first)
        }
    }

    @Test("Index entries whose session is gone or terminated do not count")
    func staleEntries() async throws {
        try await withStore(policy: policy(2, .refuse)) { store in
            let user = try store.user()
            let sessions = try await store.create(2, for: user)
            try await store.redis.send("DEL", store.keys.session(sessions[0].id))
            try await store.redis.send("HSET", store.keys.session(sessions[1].id), "state", "terminated")
            try await store.create(for: user)
            try await store.create(for: user)
            // A reader takes the stale entries out.
            let listed = try await store.repository.findActiveSessionsByUser(user)
            #expect(listed.count == 2)
            await #expect(throws: SessionRepositoryError.sessionLimitReached(limit: 2)) {
                try await store.create(for: user)
            }
        }
    }

    @Test("With a lowered limit one creation terminates as many as are too many")
    func lowered() async throws {
        try await withStore(policy: policy(10, .refuse)) { store in
            let user = try store.user()
            try await store.create(10, for: user)
            try await withStore(
                policy: policy(4, .terminateLeastRecentlyActive), configure: { $0.keyPrefix = store.prefix },
                checkingAfterwards: false, removingKeys: false
            ) { strict in
                let newest = try await strict.create(for: user)
                let active = try await strict.repository.findActiveSessionsByUser(user)
                #expect(active.count == 4)
                #expect(active.contains(newest))
            }
        }
    }

    @Test("Sixty-four concurrent creations never exceed a limit of ten", arguments: [0, 1])
    func concurrently(_ which: Int) async throws {
        let overflow: SessionPolicy.Overflow = which == 0 ? .refuse : .terminateLeastRecentlyActive
        try await withStore(policy: policy(10, overflow)) { store in
            let user = try store.user()
            async let largest = largestList(of: user, in: store, until: 64)
            let created = await outcomes(64) { number throws(SessionRepositoryError) in
                try await store.repository.createSession(store.session(for: user, device: "\(number)")).session
            }
            let successes = created.compactMap(\.value)
            let active = try await store.repository.findActiveSessionsByUser(user)
            #expect(active.count == 10)
            #expect(Set(active.map(\.id)).isSubset(of: successes.map(\.id)))
            #expect(try await largest <= 10)
            if overflow == .refuse {
                #expect(successes.count == 10)
                #expect(created.compactMap(\.error) == Array(repeating: .sessionLimitReached(limit: 10), count: 54))
            } else {
                #expect(successes.count == 64)
                var terminated = 0
                for session in successes {
                    if try await store.repository.authorize(session.id).termination != nil { terminated += 1 }
                }
                #expect(terminated == 54)
            }
        }
    }

    /// Lists again and again while others create.
    private func largestList(of user: UserID, in store: Store, until looks: Int) async throws -> Int {
        var largest = 0
        for _ in 0..<looks {
            largest = max(largest, try await store.repository.findActiveSessionsByUser(user).count)
        }
        return largest
    }
}

import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Terminating a thousand sessions")
struct BulkTerminationTests {
    private static let states = """
        local active = 0
        for _, key in ipairs(KEYS) do
          if redis.call('HGET', key, 'state') == 'active' then active = active + 1 end
        end
        return active
        """

    @Test("It returns 1,000, and whoever looks meanwhile sees all of them active or none")
    func atomic() async throws {
        var policy = SessionPolicy()
        policy.maximumSessionsPerUser = 1000
        try await withStore(policy: policy) { store in
            let user = try store.user()
            let sessions = try await store.create(1000, for: user)
            let keys = sessions.map { store.keys.session($0.id) }
            let isOver = Flag()
            let readers = (0..<4).map { reader in
                Task {
                    var seen: Set<Int> = []
                    while !isOver.isRaised || seen.isEmpty {
                        if reader.isMultiple(of: 2) {
                            seen.insert(try await store.repository.findActiveSessionsByUser(user).count)
                        } else {
                            let look = ["EVAL", Self.states, "\(keys.count)"] + keys
                            let active = try await store.redis.send(look).integer
                            seen.insert(Int(try #require(active)))
                        }
                    }
                    return seen
                }
            }
            #expect(try await store.repository.terminateAllSessionsByUser(user, by: "admin") == 1000)
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            for session in sessions.shuffled().prefix(50) {
                #expect(try await store.repository.authorize(session.id).termination?.by == "admin")
            }
            isOver.raise()
            for reader in readers { #expect(try await reader.value.isSubset(of: [0, 1000])) }
        }
    }
}

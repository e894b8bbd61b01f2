import Testing

@testable import SessionRepository

@Suite("The session policy")
struct SessionPolicyTests {
    private static let tooLong = Duration.seconds(400 * 86_400) + .nanoseconds(1)

    private func refused(_ change: (inout SessionPolicy) -> Void) -> String? {
        var policy = SessionPolicy()
        change(&policy)
        return refusal { () throws(SessionRepositoryError) in try policy.validate() }?.name
    }

    @Test("is good as it comes")
    func defaults() {
        #expect(refused { _ in } == nil)
    }

    @Test("names the duration that is not positive or too long")
    func durations() {
        let settings: [(name: String, WritableKeyPath<SessionPolicy, Duration>)] = [
            ("lifetime", \.lifetime), ("idleTimeout", \.idleTimeout), ("maximumGrantDuration", \.maximumGrantDuration),
        ]
        for (name, path) in settings {
            for good in [.nanoseconds(1), .seconds(400 * 86_400)] as [Duration] {
                #expect(refused { $0[keyPath: path] = good } == nil)
            }
            for bad in [.zero, .seconds(-1), Self.tooLong] as [Duration] {
                #expect(refused { $0[keyPath: path] = bad } == name)
            }
        }
    }

    @Test("lets a spent refresh token count for at most an hour")
    func reuse() {
        for good in [.zero, .seconds(3600)] as [Duration] { #expect(refused { $0.reuseInterval = good } == nil) }
        for bad in [.nanoseconds(-1), .seconds(3600) + .nanoseconds(1)] as [Duration] {
            #expect(refused { $0.reuseInterval = bad } == "reuseInterval")
        }
    }

    @Test("keeps the terminated for at least a minute")
    func retention() {
        #expect(refused { $0.terminatedRetention = .seconds(60) } == nil)
        #expect(refused { $0.terminatedRetention = .seconds(60) + .nanoseconds(-1) } == "terminatedRetention")
        #expect(refused { $0.terminatedRetention = Self.tooLong } == "terminatedRetention")
    }

    @Test("may record every activity")
    func resolution() {
        #expect(refused { $0.activityResolution = .zero } == nil)
        #expect(refused { $0.activityResolution = .nanoseconds(-1) } == "activityResolution")
        #expect(refused { $0.activityResolution = Self.tooLong } == "activityResolution")
    }

    @Test("allows 1 to 10,000 sessions per user")
    func limit() {
        for good in [1, 100, 10_000] { #expect(refused { $0.maximumSessionsPerUser = good } == nil) }
        for bad in [0, -1, 10_001, .max] {
            #expect(refused { $0.maximumSessionsPerUser = bad } == "maximumSessionsPerUser")
        }
    }
}

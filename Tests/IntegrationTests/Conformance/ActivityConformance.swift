import Foundation
import Testing

@testable import SessionRepository

/// Where masters die, a repeated touch is `recent`: what counts on the outcome is left to the others.
@Suite("Both implementations: addresses")
struct ActivityConformance {
    /// No activity is due within a test.
    private static var policy: SessionPolicy {
        var policy = SessionPolicy()
        policy.activityResolution = .seconds(3600)
        policy.reuseInterval = .seconds(3600)
        return policy
    }

    @Test(
        "Another address is recorded at once, a few times until activity is recorded again",
        arguments: Implementation.withSteadyEvents)
    func changes(_ implementation: Implementation) async throws {
        try await withSubject(implementation, policy: Self.policy) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            for number in 1...4 {
                let address = "203.0.113.\(100 + number % 2)"
                #expect(try await repository.touch(session.id, ipAddress: address) == .recorded)
                let found = try #require(try await repository.findSession(session.id))
                #expect(found.ipAddress == address)
                #expect(found.lastActivityAt == session.lastActivityAt)
                #expect(found.idleExpiresAt == session.idleExpiresAt)
                #expect(try await repository.touch(session.id, ipAddress: address) == .recent)
                #expect(try await repository.touch(session.id) == .recent)
            }
            #expect(try await repository.touch(session.id, ipAddress: "203.0.113.99") == .recent)
            #expect(try await repository.authorize(session.id).session?.ipAddress == "203.0.113.100")
        }
    }

    @Test("Recorded activity allows as many changes again", arguments: Implementation.withSteadyEvents)
    func again(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .milliseconds(200)
        try await withSubject(implementation, policy: policy) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            for round in 0..<2 {
                var changes = 0
                var last = try #require(try await repository.findSession(session.id))
                try await eventually("the activity is recorded") {
                    changes += 1
                    let address = "203.0.113.\(100 * round + changes % 50)"
                    _ = try await repository.touch(session.id, ipAddress: address)
                    let found = try #require(try await repository.findSession(session.id))
                    guard found.lastActivityAt == last.lastActivityAt else { return true }
                    #expect((found.ipAddress == address) == (changes <= 4))
                    last = found
                    try await subject.letPass(.milliseconds(20))
                    return false
                }
            }
        }
    }

    @Test(
        "A rotation records the address, and so does a touch right after it", arguments: Implementation.withSteadyEvents
    )
    func rotation(_ implementation: Implementation) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withSubject(implementation, policy: Self.policy, tokens: tokens) { subject in
            let repository = subject.repository
            let created = try await repository.createSession(subject.session(for: try subject.user()))
            let (id, first) = (created.session.id, try #require(created.refreshToken))
            func address() async throws -> String? { try await repository.findSession(id)?.ipAddress }
            #expect(try await repository.rotateRefreshToken(first, ipAddress: "[2001:DB8::7]:443").word == "rotated")
            #expect(try await address() == "2001:db8::7")
            #expect(try await repository.touch(id, ipAddress: "203.0.113.8") == .recorded)
            #expect(try await address() == "203.0.113.8")
            // The spent token once more, from elsewhere.
            #expect(try await repository.rotateRefreshToken(first, ipAddress: "203.0.113.9").word == "repeated")
            #expect(try await address() == "203.0.113.9")
            for number in 0..<4 {
                _ = try await repository.rotateRefreshToken(first, ipAddress: "203.0.113.\(10 + number)")
            }
            #expect(try await address() == "203.0.113.11")
            let second = try #require(try await repository.rotateRefreshToken(first).successor)
            #expect(try await repository.rotateRefreshToken(second).word == "rotated")
            #expect(try await address() == "203.0.113.11")
            #expect(try await repository.touch(id, ipAddress: "203.0.113.20") == .recorded)
            // The renewed session begins with the address, and with all its changes.
            let renewed = try #require(try await repository.renewSession(id, ticket: .none).created).session
            #expect(renewed.ipAddress == "203.0.113.20")
            for number in 0..<4 {
                #expect(try await repository.touch(renewed.id, ipAddress: "203.0.113.\(30 + number)") == .recorded)
            }
        }
    }

    @Test(
        "An address that a proxy made unusable keeps nobody from logging in or being active",
        arguments: Implementation.allCases)
    func unusable(_ implementation: Implementation) async throws {
        let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
        try await withSubject(implementation, policy: Self.policy, tokens: tokens) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            new.ipAddress = "unknown, 203.0.113.1"
            let created = try await repository.createSession(new)
            let id = created.session.id
            #expect(created.session.ipAddress == nil)
            #expect(try await repository.findSession(id) == created.session)
            #expect(try await repository.touch(id, ipAddress: "203.0.113.1:8080") == .recorded)
            for text in ["example.org", "", "203.0.113.1.", "203.0.113.1"] {
                #expect(try await repository.touch(id, ipAddress: text) == .recent)
            }
            let token = try #require(created.refreshToken)
            #expect(try await repository.rotateRefreshToken(token, ipAddress: "\u{1B}[31m").word == "rotated")
            #expect(try await repository.findSession(id)?.ipAddress == "203.0.113.1")
        }
    }
}

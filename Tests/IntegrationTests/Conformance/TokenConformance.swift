import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: refresh tokens")
struct TokenConformance {
    private let tokens: RefreshTokenKeys

    init() throws {
        tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
    }

    private func withToken(
        _ implementation: Implementation, policy: SessionPolicy = SessionPolicy(),
        _ body: (Subject, Session, RefreshToken) async throws -> Void
    ) async throws {
        try await withSubject(implementation, policy: policy, tokens: tokens) { subject in
            let created = try await subject.repository.createSession(subject.session(for: try subject.user()))
            try await body(subject, created.session, try #require(created.refreshToken))
        }
    }

    @Test("Each token is spent once; its predecessor gets the same successor", arguments: Implementation.allCases)
    func rotate(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .seconds(3600)
        try await withToken(implementation, policy: policy) { subject, session, first in
            let repository = subject.repository
            let rotated = try await repository.rotateRefreshToken(first)
            #expect(rotated.word == "rotated")
            let repeated = try await repository.rotateRefreshToken(first)
            #expect(repeated.word == "repeated")
            #expect(repeated.successor?.text == rotated.successor?.text)
            // Who it is needs no second question.
            guard case .rotated(_, session.id, session.userID) = rotated,
                case .repeated(_, session.id, session.userID) = repeated
            else {
                Issue.record("\(rotated), \(repeated)")
                return
            }
            #expect(repository.sessionID(of: first) == session.id)
            #expect(repository.sessionID(of: RefreshToken(first.text + "A")) == nil)
            let second = try #require(rotated.successor)
            #expect(try await repository.rotateRefreshToken(second).word == "rotated")
            #expect(try await repository.rotateRefreshToken(first).word == "reuse")
            let termination = try await repository.authorize(session.id).termination
            #expect(termination?.reason == Termination.refreshTokenReuseReason)
            #expect(try await repository.rotateRefreshToken(second).word == "invalidated")
            #expect(try await repository.isRefreshTokenChainInvalidated(session.id))
        }
    }

    @Test(
        "After the interval the predecessor is reuse; the interval does not slide", arguments: Implementation.allCases)
    func interval(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .milliseconds(300)
        try await withToken(implementation, policy: policy) { subject, _, first in
            #expect(try await subject.repository.rotateRefreshToken(first).word == "rotated")
            // However often it is repeated: it does not slide.
            try await eventually("the interval ends") {
                let word = try await subject.repository.rotateRefreshToken(first).word
                #expect(["repeated", "reuse"].contains(word))
                try await subject.letPass(.milliseconds(20))
                return word == "reuse"
            }
        }
    }

    @Test(
        "An invalidated chain stays so, within the interval too; the session goes on",
        arguments: Implementation.allCases)
    func invalidate(_ implementation: Implementation) async throws {
        try await withToken(implementation) { subject, session, first in
            let repository = subject.repository
            let second = try #require(try await repository.rotateRefreshToken(first).successor)
            #expect(try await repository.invalidateRefreshTokenChain(session.id, reason: "stolen") == .invalidated)
            #expect(try await repository.invalidateRefreshTokenChain(session.id) == .alreadyInvalidated)
            #expect(try await repository.refreshTokenChainState(session.id) == .invalidated(reason: "stolen"))
            for token in [first, second] {
                #expect(try await repository.rotateRefreshToken(token).word == "invalidated")
            }
            #expect(try await repository.authorize(session.id).session != nil)
        }
    }

    @Test("Forged, of an expired session, and without keys", arguments: Implementation.allCases)
    func refused(_ implementation: Implementation) async throws {
        try await withToken(implementation) { subject, session, first in
            let repository = subject.repository
            #expect(try await repository.rotateRefreshToken(RefreshToken(first.text + "A")).word == "forged")
            #expect(try await repository.rotateRefreshToken(RefreshToken("")).word == "forged")
            var new = subject.session(for: session.userID)
            new.lifetime = .milliseconds(5)
            let short = try #require(try await repository.createSession(new).refreshToken)
            try await subject.letPass(.milliseconds(7))
            #expect(try await repository.rotateRefreshToken(short).word == "unknown")
        }
        try await withSubject(implementation) { subject in
            let error = await failure { () throws(SessionRepositoryError) in
                try await subject.repository.rotateRefreshToken(RefreshToken("srt1_x"))
            }
            #expect(error?.code == "invalidConfiguration")
        }
    }

    @Test(
        "By policy a lost reply that is asked for again after the interval gets the successor as long as that is unused",
        arguments: Implementation.allCases)
    func lateRepeat(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .zero
        policy.reuse = .afterSuccessorWasUsed
        try await withToken(implementation, policy: policy) { subject, session, first in
            let repository = subject.repository
            let second = try #require(try await repository.rotateRefreshToken(first).successor)
            for _ in 0..<3 {
                let again = try await repository.rotateRefreshToken(first)
                #expect(again.word == "repeated")
                #expect(again.successor?.text == second.text)
            }
            let third = try #require(try await repository.rotateRefreshToken(second).successor)
            #expect(try await repository.rotateRefreshToken(third).word == "rotated")
            #expect(try await repository.rotateRefreshToken(third).word == "repeated")
            #expect(try await repository.authorize(session.id).session != nil)
            // Its successor has been used.
            #expect(try await repository.rotateRefreshToken(first).word == "reuse")
            #expect(try await repository.authorize(session.id).termination != nil)
        }
    }

    @Test(
        "Two holders of a token that was handed out again late are found when the second one rotates",
        arguments: Implementation.allCases)
    func sharedSuccessor(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.reuseInterval = .zero
        policy.reuse = .afterSuccessorWasUsed
        try await withToken(implementation, policy: policy) { subject, session, first in
            let repository = subject.repository
            let shared = try #require(try await repository.rotateRefreshToken(first).successor)
            #expect(try await repository.rotateRefreshToken(first).successor?.text == shared.text)
            #expect(try await repository.rotateRefreshToken(shared).word == "rotated")
            #expect(try await repository.rotateRefreshToken(shared).word == "reuse")
            #expect(try await repository.rotateRefreshToken(shared).word == "invalidated")
            #expect(try await repository.authorize(session.id).termination != nil)
        }
    }

    @Test(
        "A generation up to 8 ahead was lost by a failover and rotates; one further ahead is forged",
        arguments: Implementation.allCases)
    func ahead(_ implementation: Implementation) async throws {
        try await withToken(implementation) { subject, session, first in
            let repository = subject.repository
            #expect(try await repository.rotateRefreshToken(try subject.token(session.id, 9)).word == "forged")
            #expect(try await repository.authorize(session.id).session != nil)
            let second = try #require(try await repository.rotateRefreshToken(first).successor)
            #expect(try await repository.rotateRefreshToken(try subject.token(session.id, 10)).word == "forged")
            let rotated = try await repository.rotateRefreshToken(try subject.token(session.id, 9))
            #expect(rotated.word == "rotated")
            #expect(rotated.successor?.text == (try subject.token(session.id, 10)).text)
            #expect(try await repository.rotateRefreshToken(second).word == "reuse")
        }
    }

    @Test("A token of another deployment is forged, also with the same keys", arguments: Implementation.allCases)
    func deployments(_ implementation: Implementation) async throws {
        var staging: RefreshToken?
        try await withSubject(implementation, tokens: tokens, deployment: "staging") { subject in
            let created = try await subject.repository.createSession(subject.session(for: try subject.user()))
            let token = try #require(created.refreshToken)
            staging = token
            #expect(try await subject.repository.rotateRefreshToken(token).word == "rotated")
        }
        let token = try #require(staging)
        for deployment in ["production", nil] {
            try await withSubject(implementation, tokens: tokens, deployment: deployment) { subject in
                let outcome = try await subject.repository.rotateRefreshToken(token)
                #expect(outcome.word == "forged")
                #expect(subject.repository.sessionID(of: token) == nil)
            }
        }
    }

    @Test("Rotating is activity", arguments: Implementation.allCases)
    func activity(_ implementation: Implementation) async throws {
        try await withToken(implementation) { subject, session, first in
            try await subject.letPass(.milliseconds(5))
            _ = try await subject.repository.rotateRefreshToken(first)
            let rotated = try #require(try await subject.repository.findSession(session.id))
            #expect(rotated.lastActivityAt > session.lastActivityAt)
        }
    }
}

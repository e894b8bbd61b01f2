import Foundation
import Testing

@testable import SessionRepository
@testable import SessionRepositoryTesting

/// The two that must behave alike.
enum Implementation: CaseIterable, CustomTestStringConvertible {
    case redis
    case inMemory

    var testDescription: String { self == .redis ? "on Redis" : "in memory" }
}

/// One of them, and its time.
struct Subject {
    let repository: any SessionRepository
    /// Returns when the store's clock has moved by that much.
    let letPass: (Duration) async throws -> Void

    func user(_ name: String = "user-42") throws -> UserID { try UserID(name) }
    func organization(_ name: String = "acme") throws -> OrganizationID { try OrganizationID(name) }

    func session(for user: UserID) -> NewSession {
        NewSession(
            userID: user, deviceName: "Pixel 9", ipAddress: "203.0.113.7", userAgent: "App/1",
            attributes: ["tenant": "acme"])
    }

    @discardableResult
    func create(for user: UserID) async throws -> Session {
        try await repository.createSession(session(for: user)).session
    }

    @discardableResult
    func grant(
        _ expiry: NewSupportAccessGrant.Expiry = .after(.seconds(3600)), to admin: UserID? = nil,
        id: SupportAccessGrantID? = nil
    ) async throws -> SupportAccessGrant {
        try await repository.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: try organization(), grantedBy: "alice", expiry: expiry, id: id, grantedTo: admin,
                reason: "ticket 7"))
    }
}

func withSubject(
    _ implementation: Implementation, policy: SessionPolicy = SessionPolicy(), tokens: RefreshTokenKeys? = nil,
    attributes: [String] = [], _ body: (Subject) async throws -> Void
) async throws {
    switch implementation {
    case .redis:
        try await withStore(
            policy: policy,
            configure: {
                $0.refreshTokenKeys = tokens
                $0.authorizeAttributes = attributes
            }
        ) { store in
            try await body(
                Subject(repository: store.repository) { duration in
                    let end = try await store.now() + duration.wholeMilliseconds
                    try await eventually("time passes") { try await store.now() >= end }
                })
        }
    case .inMemory:
        let clock = ManualClock()
        let repository = try InMemorySessionRepository(
            policy: policy, refreshTokenKeys: tokens, authorizeAttributes: attributes, now: { clock.now })
        try await body(Subject(repository: repository) { clock.advance(by: $0) })
    }
}

extension RenewalOutcome {
    var created: CreatedSession? {
        if case .renewed(let created) = self { created } else { nil }
    }
}

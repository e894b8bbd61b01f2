import Foundation
import Testing

@testable import SessionRepository

extension Store {
    /// Saves a grant of the organization `acme`.
    @discardableResult
    func grant(
        for duration: Duration = .seconds(3600), to admin: UserID? = nil, id: SupportAccessGrantID? = nil
    ) async throws -> SupportAccessGrant {
        try await repository.saveSupportAccessGrant(
            NewSupportAccessGrant(
                organizationID: try organization(), grantedBy: "alice", expiry: .after(duration), id: id,
                grantedTo: admin.map { .administrator($0) } ?? .anyAdministrator, reason: "ticket 7"))
    }

    func organization(_ name: String = "acme") throws -> OrganizationID { try OrganizationID(name) }

    /// Creates that many sessions at the same time; in no particular order.
    @discardableResult
    func create(_ count: Int, for user: UserID) async throws -> [Session] {
        try await inParallel(count) { number in
            try await create(for: user, device: "device \(number)")
        }
    }

    /// A token of the session's chain, as it is or will be handed out.
    func token(of id: SessionID, generation: Int64 = 0) throws -> RefreshToken {
        try #require(repository.refreshTokenKeys).issue(RefreshTokenClaims(sessionID: id, generation: generation))
    }

    /// Creates a session under a grant.
    func supportSession(of admin: UserID, under grant: SupportAccessGrantID) async throws -> Session {
        try await repository.createSession(NewSession(userID: admin, ticket: .none, grantID: grant)).session
    }
}

extension Session {
    /// How it ended; `nil` while it is active.
    var termination: Termination? {
        if case .terminated(let termination) = state { termination } else { nil }
    }
}

extension Authorization {
    var session: Session? {
        if case .active(let session) = self { session } else { nil }
    }

    var termination: Termination? {
        if case .terminated(let termination) = self { termination } else { nil }
    }
}

/// Runs `count` tasks at the same time; their results in order.
func inParallel<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        for number in 0..<count { group.addTask { (number, try await body(number)) } }
        var results: [Int: Value] = [:]
        for try await (number, value) in group { results[number] = value }
        return (0..<count).compactMap { results[$0] }
    }
}

/// Runs `count` tasks at the same time; what each came to, in order.
func outcomes<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws(SessionRepositoryError) -> Value
) async -> [Result<Value, SessionRepositoryError>] {
    await withTaskGroup(of: (Int, Result<Value, SessionRepositoryError>).self) { group in
        for number in 0..<count {
            group.addTask {
                do throws(SessionRepositoryError) {
                    return (number, .success(try await body(number)))
                } catch {
                    return (number, .failure(error))
                }
            }
        }
        var results: [Int: Result<Value, SessionRepositoryError>] = [:]
        for await (number, result) in group { results[number] = result }
        return (0..<count).compactMap { results[$0] }
    }
}

extension Result {
    var value: Success? { try? get() }

    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

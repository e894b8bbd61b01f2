import EmbeddedRedis
import Foundation
import Synchronization

@testable import SessionRepository

/// A user of a server whose password changes, and a provider that knows the present one.
final class Rotating: Sendable {
    static let user = "app"

    private struct State {
        var password = "first"
        var calls = 0
        var lifetime: TimeInterval?
    }

    private let state: Mutex<State>

    init(lifetime: TimeInterval? = nil) {
        state = Mutex(State(lifetime: lifetime))
    }

    var password: String { state.withLock(\.password) }
    var calls: Int { state.withLock(\.calls) }

    var provider: RedisCredentialProvider {
        RedisCredentialProvider { [self] in
            state.withLock { state in
                state.calls += 1
                return RedisCredentials(
                    username: Self.user, password: state.password,
                    expiresAt: state.lifetime.map { Date(timeIntervalSinceNow: $0) })
            }
        }
    }

    /// Makes the password count at these servers, and no earlier one.
    func change(to password: String, at servers: [EmbeddedRedis]) async throws {
        state.withLock { $0.password = password }
        for server in servers {
            _ = try await server.send(
                ["ACL", "SETUSER", Self.user, "on", "resetpass", ">\(password)", "~*", "&*", "+@all"])
        }
    }

    func kill(at servers: [EmbeddedRedis]) async throws {
        for server in servers { _ = try await server.send(["CLIENT", "KILL", "USER", Self.user]) }
    }
}

extension EmbeddedRedis {
    /// The numbers by which it knows the connections of that user.
    func connections(of user: String) async throws -> Set<Int> {
        let list = try await send(["CLIENT", "LIST"]).string ?? ""
        return Set(
            list.split(separator: "\n").filter { $0.contains(" user=\(user) ") }.compactMap { line in
                line.firstMatch(of: /^id=(\d+)\b/).flatMap { Int($0.1) }
            })
    }
}

/// Runs a test with a repository that logs in as a user whose password changes.
func withRotatingPassword(
    _ rotating: Rotating = Rotating(), configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    _ body: (Store, EmbeddedRedis, Rotating) async throws -> Void
) async throws {
    try await withPrivateServer { server in
        try await rotating.change(to: rotating.password, at: [server])
        try await withStore(
            url: server.url,
            configure: {
                $0.credentials = rotating.provider
                configure(&$0)
            }, removingKeys: false
        ) { store in
            try await body(store, server, rotating)
        }
    }
}

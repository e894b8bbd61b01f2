import Crypto
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import SessionRepository
import Testing

@testable import AuthService

/// The service on a free port of this machine, on a real Redis.
struct TestService: Sendable {
    let port: Int
    let configuration: AuthServiceConfiguration
    let sessions: RedisSessionRepository

    var origin: String { "http://127.0.0.1:\(port)" }

    func client() -> TestClient { TestClient(origin: origin) }

    /// A client that has signed in to the API.
    func signedIn(_ user: String, device: String? = nil) async throws -> TestClient {
        let client = client()
        let body = Login(user: user, password: try password(of: user), device: device)
        let answer = try await client.send("POST", "/token", json: body)
        #expect(answer.status == 200)
        client.accessToken = try answer.decode(Token.self).accessToken
        return client
    }

    func password(of user: String) throws -> String {
        try #require(configuration.directory.accounts.first { $0.id.description == user }).password
    }
}

struct Login: Encodable {
    let user: String
    let password: String
    var device: String?
}

struct Token: Decodable {
    let accessToken: String
    let expiresIn: Int
    let sessionID: String
}

struct Listing: Decodable {
    struct Entry: Decodable {
        let id: String
        let device: String?
        let ipAddress: String?
        let isCurrent: Bool
        let isSupport: Bool
    }
    let sessions: [Entry]
}

/// Runs the service while `body` does.
func withService(
    redis: PrivateRedis? = nil,
    site: Site = .plainLoopback,
    settings change: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    configuration adjust: (inout AuthServiceConfiguration) -> Void = { _ in },
    _ body: (TestService) async throws -> Void
) async throws {
    let redis = try redis ?? PrivateRedis.shared.get()
    var settings = RedisSessionRepositoryConfiguration(server: try RedisServer(url: redis.url))
    settings.keyPrefix = "test-\(UUID().uuidString.prefix(8))"
    settings.refreshTokenKeys = try RefreshTokenKeys(signing: .generate(id: "test"))
    settings.authorizeAttributes = [supportOrganizationAttribute]
    settings.nearCache = NearCachePolicy()
    change(&settings)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let sessions = try RedisSessionRepository(configuration: settings, logger: logger)

    var configuration = AuthServiceConfiguration(
        directory: try .demonstration(), site: site, address: .hostname("127.0.0.1", port: 0),
        secret: SymmetricKey(size: .bits256))
    adjust(&configuration)
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let service = try await makeAuthService(
        configuration, sessions: sessions, services: [sessions], logger: logger,
        onServerRunning: { announce.yield($0.localAddress?.port ?? 0) })
    let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
    async let running: Void = {
        defer { announce.finish() }
        try await group.run()
    }()
    let port = await ports.first { _ in true }
    do {
        try await body(TestService(port: try #require(port), configuration: configuration, sessions: sessions))
    } catch {
        await group.triggerGracefulShutdown()
        throw error
    }
    await group.triggerGracefulShutdown()
    try await running
}

/// Waits for what has to come about by itself.
func eventually(
    within limit: Duration = .seconds(10), _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("It did not come about within \(limit)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

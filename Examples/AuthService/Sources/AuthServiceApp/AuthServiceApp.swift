import ArgumentParser
import AuthService
import Foundation
import Hummingbird
import Logging
import NIOCore
import SessionRepository

/// The example service of session-repository.
@main
struct AuthServiceApp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth-service",
        abstract: "Sign-in, sessions and support access on Redis: an example.",
        discussion: """
            Secrets come from the environment: AUTH_SERVICE_SECRET (base64, 32 bytes or more, signs access tokens) and \
            AUTH_SERVICE_REFRESH_KEYS (as `sessionctl token generate-key` makes them). Without them, keys are made for \
            this process, and what they signed ends with it.
            """)

    @Option(help: "Where Redis is; default: SESSION_REDIS_URL, or redis://127.0.0.1:6379.")
    var redis: String?
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8080
    @Option(help: "The origin that browsers see, such as https://accounts.example.com.")
    var origin: String?
    @Flag(help: "Plain HTTP for browsers on this machine: cookies without Secure.")
    var plainLoopback = false
    @Flag(help: "A proxy of ours adds the client's address to X-Forwarded-For.")
    var behindProxy = false
    @Flag(help: "Creates sessions to look at.")
    var demonstration = false

    func validate() throws {
        guard plainLoopback != (origin != nil) else {
            throw ValidationError("Say either --origin https://… or --plain-loopback.")
        }
        if let origin, !origin.hasPrefix("https://") || origin.hasSuffix("/") {
            throw ValidationError("--origin begins with https:// and ends without a slash.")
        }
        if plainLoopback, !["127.0.0.1", "::1", "localhost"].contains(host) {
            throw ValidationError("--plain-loopback listens on this machine only; --host must be 127.0.0.1 or ::1.")
        }
    }

    func run() async throws {
        var logger = Logger(label: "auth-service")
        logger.logLevel = .notice
        let environment = ProcessInfo.processInfo.environment
        let url = redis ?? environment["SESSION_REDIS_URL"] ?? "redis://127.0.0.1:6379"
        var settings = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
        settings.refreshTokenKeys = try Secrets.refreshTokenKeys(environment)
        settings.authorizeAttributes = [supportOrganizationAttribute]
        settings.nearCache = NearCachePolicy()
        let sessions = try RedisSessionRepository(configuration: settings, logger: logger)

        let directory = try Directory.demonstration()
        if demonstration { try await Demonstration(sessions: sessions).create() }

        var configuration = AuthServiceConfiguration(
            directory: directory, site: origin.map(Site.secure) ?? .plainLoopback,
            address: .hostname(host, port: port), secret: try Secrets.secret(environment))
        configuration.isBehindProxy = behindProxy
        let service = try await makeAuthService(
            configuration, sessions: sessions, services: [sessions], logger: logger,
            onServerRunning: { [host] channel in
                let shown = host.contains(":") ? "[\(host)]" : host
                print("Listening on http://\(shown):\(channel.localAddress?.port ?? 0)")
                // Whoever waits for this line may read from a pipe.
                fflush(nil)
            })
        try await service.runService()
    }
}

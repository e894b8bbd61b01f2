import Crypto
import Foundation
import Hummingbird
import SessionRepository

struct Context: SessionContext {
    var coreContext: CoreRequestContextStorage
    var clientAddress: String?
    var session: Session?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
    }
}

@main
struct Quickstart {
    static func main() async throws {
        let redis = ProcessInfo.processInfo.environment["SESSION_REDIS_URL"] ?? "redis://127.0.0.1:6379"
        var settings = RedisSessionRepositoryConfiguration(server: try RedisServer(url: redis))
        settings.nearCache = NearCachePolicy()
        let sessions = try RedisSessionRepository(configuration: settings)
        let tokens = await AccessTokens(key: SymmetricKey(size: .bits256), lifetime: .seconds(300))

        let router = Router(context: Context.self)
        router.add(middleware: JSONProblems())
        router.post("sign-in") { _, _ in
            // Here you check a password.
            let created = try await sessions.createSession(NewSession(userID: try UserID("maya"), ticket: .none))
            return try await tokens.issue(created.session)
        }
        let protected = router.group()
            .add(middleware: AuthMiddleware(gate: SessionGate(tokens: tokens, sessions: sessions)))
        protected.get("hello") { _, context in
            "Hello, \(context.session?.userID.description ?? "nobody")"
        }

        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        let service = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), services: [sessions])
        try await service.runService()
    }
}

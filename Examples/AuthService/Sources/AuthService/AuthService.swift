public import Crypto
import Foundation
public import Hummingbird
public import Logging
public import NIOCore
public import ServiceLifecycle
public import SessionRepository

/// How the service runs.
public struct AuthServiceConfiguration: Sendable {
    public var directory: Directory
    public var site: Site
    public var address: BindAddress
    /// Signs access tokens and forms. All processes of the service share it.
    public var secret: SymmetricKey
    /// Whether a proxy of ours adds to X-Forwarded-For.
    public var isBehindProxy = false
    public var accessTokenLifetime: Duration = .seconds(300)
    /// How long browsers keep the refresh token: as long as a session may live.
    public var refreshLifetime: Duration = SessionPolicy().lifetime

    public init(directory: Directory, site: Site, address: BindAddress, secret: SymmetricKey) {
        self.directory = directory
        self.site = site
        self.address = address
        self.secret = secret
    }

    /// Keys for different purposes come from one secret, so that what is signed for one is worth nothing for another.
    func key(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Data(purpose.utf8), outputByteCount: 32)
    }
}

/// The service: an API for programs, and pages for people.
/// - Parameters:
///   - sessions: a `RedisSessionRepository`, or its twin in memory. Its configuration has refresh-token keys, and names
///     `supportOrganizationAttribute` among the attributes that `authorize` fetches.
///   - services: what runs and ends with it, such as that repository.
public func makeAuthService(
    _ configuration: AuthServiceConfiguration, sessions: any SessionRepository, services: [any Service] = [],
    logger: Logger, onServerRunning: @escaping @Sendable (any Channel) async -> Void = { _ in }
) async throws -> some ApplicationProtocol {
    let tokens = await AccessTokens(
        key: configuration.key(for: "access token"), lifetime: configuration.accessTokenLifetime)
    let directory = configuration.directory
    let gate = SessionGate(tokens: tokens, sessions: sessions)
    let signIn = SignIn(directory: directory, sessions: sessions, tokens: tokens)
    let support = SupportAccess(directory: directory, sessions: sessions)
    let cookies = CookieJar(site: configuration.site)
    let formToken = FormToken(key: configuration.key(for: "form"))

    let router = Router(context: AppContext.self)
    router.add(middleware: JSONProblems())
    if configuration.isBehindProxy { router.add(middleware: ForwardedAddress()) }
    router.add(middleware: OwnOrigin(site: configuration.site))

    let login = TokenRoutes(signIn: signIn, cookies: cookies, refreshLifetime: configuration.refreshLifetime)
    login.add(to: router)
    let protected = router.group()
        .add(middleware: AuthMiddleware(gate: gate))
        .group(context: SignedInContext.self)
    login.addProtected(to: protected)
    SessionRoutes(directory: directory, sessions: sessions).add(to: protected)
    SupportRoutes(directory: directory, support: support, sessions: sessions, tokens: tokens).add(to: protected)
    AdminRoutes(support: support, sessions: sessions).add(to: protected)

    Web(
        directory: directory, sessions: sessions, signIn: signIn, support: support, gate: gate, cookies: cookies,
        formToken: formToken, pages: try Pages(formToken: formToken, directory: directory),
        refreshLifetime: configuration.refreshLifetime
    ).add(to: router)

    return Application(
        router: router, configuration: .init(address: configuration.address), services: services,
        onServerRunning: onServerRunning, logger: logger)
}

/// What `authorizeAttributes` of the repository's configuration has to name.
public let supportOrganizationAttribute = SupportAccess.organizationAttribute

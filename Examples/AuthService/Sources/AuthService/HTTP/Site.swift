import HTTPTypes
import Hummingbird

/// Where browsers find the service. It decides whether cookies are Secure and which Origin is our own.
public enum Site: Sendable {
    /// Behind TLS, at an origin such as `https://accounts.example.com`.
    case secure(origin: String)
    /// Plain HTTP, for browsers on this machine only.
    case plainLoopback

    var isSecure: Bool {
        if case .secure = self { true } else { false }
    }

    func isOwn(_ origin: String, host: String?) -> Bool {
        switch self {
        case .secure(let own): return origin == own
        case .plainLoopback:
            guard let host else { return false }
            // A name that somebody else's DNS points here must not pass for this machine.
            let isLoopback = ["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix("\($0):") }
            return isLoopback && origin == "http://\(host)"
        }
    }
}

/// Refuses what another site's page makes a browser send. Browsers name the Origin of everything that changes something.
struct OwnOrigin: RouterMiddleware {
    let site: Site
    /// Forms come from browsers; programs that call the API name no Origin.
    var isRequired = false

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        if ![.get, .head].contains(request.method) {
            let origins = request.headers[values: .origin]
            let isOurs = origins.allSatisfy { site.isOwn($0, host: request.head.authority) }
            guard isOurs, !(isRequired && origins.isEmpty) else { throw Problem.wrongOrigin }
        }
        return try await next(request, context)
    }
}

import Hummingbird
import SessionRepository

/// What `AuthMiddleware` is for programs, for browsers: the access token comes in a cookie, and one that has expired is
/// refreshed on the way, because a page without scripts cannot do it. Who is not signed in is led to the sign-in page.
struct BrowserMiddleware: RouterMiddleware {
    let gate: SessionGate
    let signIn: SignIn
    let cookies: CookieJar
    let refreshLifetime: Duration

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let fresh: Credentials?
        do {
            (context.session, fresh) = try await session(of: request, from: context.clientAddress)
        } catch let problem as Problem where problem.status == .unauthorized {
            var response = Pages.redirect(to: "/sign-in", Notice(problem))
            cookies.clear(in: &response)
            return response
        }
        // What goes wrong further in has become a page there: the new cookies must reach the browser, or its next
        // request brings a spent token.
        var response = try await next(request, context)
        if let fresh { cookies.set(fresh, for: refreshLifetime, gate.tokens.lifetime, in: &response) }
        return response
    }

    /// The session of the browser, and new credentials when they had to be made: those must reach it.
    func session(of request: Request, from address: String?) async throws -> (Session, Credentials?) {
        if let token = cookies.value(.access, of: request) {
            do {
                return (try await gate.session(named: token, from: address), nil)
            } catch let problem as Problem where problem == .invalidToken {
                // Expired, most likely.
            }
        }
        let credentials = try await signIn.refresh(cookies.value(.refresh, of: request))
        return (credentials.session, credentials)
    }
}

extension CookieJar {
    func set(
        _ credentials: Credentials, for refreshLifetime: Duration, _ accessLifetime: Duration,
        in response: inout Response
    ) {
        // A page that signs out has said so already.
        let isSet = response.headers[values: .setCookie].contains { $0.hasPrefix("\(name(.refresh))=") }
        guard !isSet else { return }
        set(.refresh, to: credentials.refreshToken.text, for: refreshLifetime, in: &response)
        set(.access, to: credentials.accessToken, for: accessLifetime, in: &response)
    }
}

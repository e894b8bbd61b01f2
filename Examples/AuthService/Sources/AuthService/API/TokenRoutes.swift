import HTTPTypes
import Hummingbird
import SessionRepository

/// Signing in and going on: the access token in the answer, the refresh token in a cookie that no script can read.
struct TokenRoutes: Sendable {
    let signIn: SignIn
    let cookies: CookieJar
    let refreshLifetime: Duration

    struct Login: Decodable {
        let user: String
        let password: String
        let device: String?
    }

    func add(to routes: some RouterMethods<AppContext>) {
        routes.post("token") { request, context in
            let login = try await request.json(Login.self, context)
            let proof = try await signIn.check(user: login.user, password: login.password)
            let credentials = try await signIn.begin(
                proof, device: login.device, userAgent: request.headers[.userAgent], address: context.clientAddress)
            return try answer(credentials, to: request, context)
        }
        routes.post("token/refresh") { request, context in
            let credentials = try await signIn.refresh(cookies.value(.refresh, of: request))
            return try answer(credentials, to: request, context)
        }
    }

    /// Past the auth middleware.
    func addProtected(to routes: some RouterMethods<SignedInContext>) {
        routes.delete("token") { _, context in
            try await signIn.signOut(context.session)
            var response = Response(status: .noContent)
            cookies.clear(in: &response)
            return response
        }
    }

    private func answer(_ credentials: Credentials, to request: Request, _ context: AppContext) throws -> Response {
        let answer = TokenAnswer(
            accessToken: credentials.accessToken, expiresIn: signIn.tokens.lifetime.components.seconds,
            sessionID: credentials.session.id.description)
        var response = try answer.response(from: request, context: context)
        response.headers[.cacheControl] = "no-store"
        cookies.set(.refresh, to: credentials.refreshToken.text, for: refreshLifetime, in: &response)
        return response
    }
}

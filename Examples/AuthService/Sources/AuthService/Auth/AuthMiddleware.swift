import Foundation
import Hummingbird
import SessionRepository

/// Lets a request pass when its access token is genuine and its session is still good.
struct AuthMiddleware<Context: SessionContext>: RouterMiddleware {
    let gate: SessionGate

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization], let space = header.firstIndex(of: " "),
            header[..<space].lowercased() == "bearer"
        else { throw Problem.notSignedIn }
        var context = context
        let token = String(header[header.index(after: space)...])
        context.session = try await gate.session(named: token, from: context.clientAddress)
        return try await next(request, context)
    }
}

/// A request's context that has room for the session.
protocol SessionContext: RequestContext {
    var session: Session? { get set }
    var clientAddress: String? { get }
}

/// Answers whether an access token's session is good now. What the store cannot tell, it throws.
struct SessionGate: Sendable {
    let tokens: AccessTokens
    let sessions: any SessionRepository

    func session(named token: String, from address: String?) async throws -> Session {
        let (user, id) = try await tokens.verify(token)
        switch try await sessions.authorize(id) {
        case .active(let session):
            guard session.userID == user else { throw Problem.invalidToken }
            await recordActivity(of: session, from: address)
            return session
        case .terminated(let termination): throw Problem.sessionEnded(reason: termination.reason)
        case .unknown: throw Problem.sessionEnded(reason: nil)
        case .supportAccessEnded: throw Problem.supportAccessEnded
        }
    }

    /// At most once a minute: `touch` writes no more often, and asking it each time would cost the round trip that the
    /// near cache saves. A request does not fail because its activity could not be noted.
    private func recordActivity(of session: Session, from address: String?) async {
        // Without the sign: clocks of two machines differ.
        guard abs(session.lastActivityAt.timeIntervalSinceNow) >= 60 else { return }
        _ = try? await sessions.touch(session.id, ipAddress: address)
    }
}

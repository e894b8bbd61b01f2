import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SessionRepository

/// What is known of a request.
struct AppContext: SessionContext {
    var coreContext: CoreRequestContextStorage
    /// The client's IP address, as far as it can be believed.
    var clientAddress: String?
    /// Set by the auth middleware.
    var session: Session?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        clientAddress = source.channel.remoteAddress?.ipAddress
    }

    /// Nothing that is sent here is longer.
    var maxUploadSize: Int { 16_384 }
}

/// A request past the auth middleware: its session is not optional, so that no route can forget to ask.
struct SignedInContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let clientAddress: String?
    let session: Session

    init(context: AppContext) throws {
        guard let session = context.session else { throw Problem.notSignedIn }
        self.session = session
        coreContext = context.coreContext
        clientAddress = context.clientAddress
    }

    var maxUploadSize: Int { 16_384 }
}

/// Behind a proxy of ours, the last entry of X-Forwarded-For is what that proxy saw; the entries before it are whatever
/// the client wrote.
struct ForwardedAddress: RouterMiddleware {
    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let entries = HTTPField.Name("X-Forwarded-For").map { request.headers[values: $0] } ?? []
        // What does not parse as an address is not believed.
        if let last = entries.joined(separator: ",").split(separator: ",", omittingEmptySubsequences: false).last,
            let address = try? SocketAddress(ipAddress: last.trimmingCharacters(in: .whitespaces), port: 0).ipAddress
        {
            context.clientAddress = address
        }
        return try await next(request, context)
    }
}

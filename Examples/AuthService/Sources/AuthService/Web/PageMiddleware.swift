import HTTPTypes
import Hummingbird

/// Turns what handlers throw into pages.
struct PageProblems: RouterMiddleware {
    let pages: Pages

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return try pages.page(about: Problem(error, logger: context.logger), for: context.session)
        }
    }
}

/// Lets our pages load our style sheet and send forms to us, and nothing else; no script runs, whoever wrote it.
struct PageHeaders: RouterMiddleware {
    let site: Site

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        // Not no-referrer: with that, browsers hide the Origin of our own forms from us.
        if let name = HTTPField.Name("Referrer-Policy") { response.headers[name] = "same-origin" }
        if let name = HTTPField.Name("Cross-Origin-Opener-Policy") { response.headers[name] = "same-origin" }
        if site.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        return response
    }
}

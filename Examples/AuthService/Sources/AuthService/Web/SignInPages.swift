import HTTPTypes
import Hummingbird

struct SignInPages: Sendable {
    let web: Web

    private struct View {
        var user = ""
        var error: String?
    }

    /// There is no session yet to bind a token to: the Origin protects this form.
    private struct Form: Decodable {
        let user: String
        let password: String
    }

    func add(to routes: some RouterMethods<AppContext>) {
        routes.get("sign-in") { request, _ in
            try web.pages.page("sign-in", title: "Sign in", content: View(), notice: request.notice)
        }
        routes.post("sign-in") { request, context in
            let form = try await Web.form(Form.self, request, context)
            do {
                let credentials = try await web.signIn.signIn(
                    user: form.user, password: form.password, device: nil, userAgent: request.headers[.userAgent],
                    address: context.clientAddress)
                var response = Pages.redirect(to: "/devices")
                web.cookies.set(credentials, for: web.refreshLifetime, web.gate.tokens.lifetime, in: &response)
                return response
            } catch let problem as Problem where problem == .wrongPassword {
                return try web.pages.page(
                    "sign-in", title: "Sign in", content: View(user: form.user, error: problem.message),
                    status: .unauthorized)
            }
        }
    }

    func addProtected(to routes: some RouterMethods<SignedInContext>) {
        routes.post("sign-out") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            try await web.signIn.signOut(context.session)
            var response = Pages.redirect(to: "/sign-in", .signedOut)
            web.cookies.clear(in: &response)
            return response
        }
    }
}

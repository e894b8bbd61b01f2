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
                let proof = try await web.signIn.check(user: form.user, password: form.password)
                let credentials = try await begin(proof, request, context)
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

    private func begin(_ proof: SignIn.Proof, _ request: Request, _ context: AppContext) async throws -> Credentials {
        do {
            let (old, _) = try await web.browser.session(of: request, from: context.clientAddress)
            if let renewed = try await web.signIn.renew(old, proof) { return renewed }
        } catch let problem as Problem where problem.status == .unauthorized {
            // Nobody is signed in here.
        }
        return try await web.signIn.begin(
            proof, device: nil, userAgent: request.headers[.userAgent], address: context.clientAddress)
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

import HTTPTypes
import Hummingbird
import SessionRepository

/// What the pages need.
struct Web: Sendable {
    let directory: Directory
    let sessions: any SessionRepository
    let signIn: SignIn
    let support: SupportAccess
    let gate: SessionGate
    let cookies: CookieJar
    let formToken: FormToken
    let pages: Pages
    let refreshLifetime: Duration

    var browser: BrowserMiddleware {
        BrowserMiddleware(gate: gate, signIn: signIn, cookies: cookies, refreshLifetime: refreshLifetime)
    }

    /// The form, after the proof that a page of this session sent it.
    func form<Form: ProtectedForm>(
        _ type: Form.Type, _ request: Request, _ context: SignedInContext
    ) async throws -> Form {
        let form = try await Self.form(type, request, context)
        guard formToken.isValid(form.csrf, for: context.session.id) else { throw Problem.wrongFormToken }
        return form
    }

    static func form<Form: Decodable>(
        _ type: Form.Type, _ request: Request, _ context: some RequestContext
    ) async throws -> Form {
        try await URLEncodedFormDecoder().decode(type, from: request, context: context)
    }

    func add(to router: Router<AppContext>) {
        let open = router.group()
            .add(middleware: PageHeaders(site: cookies.site))
            .add(middleware: PageProblems(pages: pages))
            .add(middleware: OwnOrigin(site: cookies.site, isRequired: true))
        addAssets(to: open)
        SignInPages(web: self).add(to: open)

        let signedIn = open.group()
            .add(middleware: browser)
            .add(middleware: PageProblems(pages: pages))
            .group(context: SignedInContext.self)
        signedIn.get("/") { _, _ in Pages.redirect(to: "/devices") }
        SignInPages(web: self).addProtected(to: signedIn)
        DevicePages(web: self).add(to: signedIn)
        OrganizationPages(web: self).add(to: signedIn)
        SupportPages(web: self).add(to: signedIn)
        UserPages(web: self).add(to: signedIn)
    }

    private func addAssets(to routes: some RouterMethods<AppContext>) {
        func add(_ name: String, _ bytes: [UInt8], _ mediaType: String) {
            routes.get("assets/\(name)") { _, _ in
                let headers: HTTPFields = [
                    .contentType: mediaType, .cacheControl: "public, max-age=31536000, immutable",
                ]
                return Response(
                    status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        }
        add("style.css", PackageResources.style_css, "text/css; charset=utf-8")
        add("icon.svg", PackageResources.icon_svg, "image/svg+xml")
    }
}

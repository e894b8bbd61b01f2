import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Mustache
import SessionRepository

/// The templates, and what all pages have in common.
struct Pages: Sendable {
    private let library: MustacheLibrary
    private let formToken: FormToken
    private let directory: Directory
    /// Changes with the style sheet, so that browsers may keep it for ever.
    let stylesheetVersion: String

    init(formToken: FormToken, directory: Directory) throws {
        let templates: [(String, [UInt8])] = [
            ("layout", PackageResources.layout_mustache), ("sign-in", PackageResources.sign_in_mustache),
            ("devices", PackageResources.devices_mustache),
            ("session-table", PackageResources.session_table_mustache),
            ("device-icon", PackageResources.device_icon_mustache),
            ("users", PackageResources.users_mustache), ("user", PackageResources.user_mustache),
            ("organization", PackageResources.organization_mustache),
            ("support", PackageResources.support_mustache),
            ("support-session", PackageResources.support_session_mustache),
            ("problem", PackageResources.problem_mustache),
        ]
        var library = MustacheLibrary()
        for (name, bytes) in templates { try library.register(String(decoding: bytes, as: UTF8.self), named: name) }
        self.library = library
        self.formToken = formToken
        self.directory = directory
        let digest = SHA256.hash(data: PackageResources.style_css)
        stylesheetVersion = digest.prefix(6).map { String($0, radix: 16) }.joined()
    }

    /// A page. Everything in it that comes from people is escaped.
    func page(
        _ template: String, title: String, content: Any, for session: Session? = nil, at path: String = "",
        notice: Notice? = nil, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let account = session.flatMap { directory.account($0.userID) }
        let view = View(
            title: title, stylesheet: "/assets/style.css?v=\(stylesheetVersion)", notice: notice?.text,
            user: account.map { User(name: $0.name, navigation: Self.navigation(of: $0, at: path)) },
            csrf: session.map { formToken.token(for: $0.id) } ?? "", content: content)
        guard let html = library.render(view, withTemplate: template) else { throw Problem.defect }
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    private struct View {
        let title: String
        let stylesheet: String
        let notice: String?
        let user: User?
        let csrf: String
        let content: Any
    }

    private struct User {
        let name: String
        let navigation: [Link]
    }

    private struct Link {
        let path: String
        let name: String
        let isCurrent: Bool
    }

    private static func navigation(of account: Account, at path: String) -> [Link] {
        var links = [("/devices", "Devices")]
        if account.role == .organizationAdmin { links.append(("/organization", "Organization")) }
        if account.role == .globalAdmin { links += [("/support", "Support"), ("/users", "Users")] }
        return links.map { Link(path: $0.0, name: $0.1, isCurrent: $0.0 == path) }
    }
}

extension Pages {
    private struct ProblemView {
        let message: String
        let isTransient: Bool
    }

    func page(about problem: Problem, for session: Session?) throws -> Response {
        let title =
            switch problem.status {
            case .notFound: "Not found"
            case .serviceUnavailable: "One moment, please"
            case .forbidden: "Not allowed"
            default: "That did not work"
            }
        let isTransient = problem.status == .serviceUnavailable
        var response = try page(
            "problem", title: title, content: ProblemView(message: problem.message, isTransient: isTransient),
            for: session, status: problem.status)
        if isTransient { response.headers[.retryAfter] = "1" }
        return response
    }

    /// After a form: the browser asks for the page anew, so that going back or reloading sends nothing twice.
    static func redirect(to path: String, _ notice: Notice? = nil) -> Response {
        let query = notice.map { "?notice=\($0.rawValue)" } ?? ""
        return Response(status: .seeOther, headers: [.location: path + query, .cacheControl: "no-store"])
    }
}

extension Request {
    var notice: Notice? {
        uri.queryParameters["notice"].flatMap { Notice(rawValue: String($0)) }
    }
}

import Foundation
import HTTPTypes
import Hummingbird

/// The cookies of the service: HttpOnly, SameSite=Strict and, except on plain loopback, Secure.
struct CookieJar: Sendable {
    let site: Site

    enum Name: String, CaseIterable {
        /// The refresh token.
        case refresh
        /// The access token of a browser that shows our pages.
        case access
        /// The access token of a support session.
        case support
    }

    /// `__Host-` makes browsers insist on Secure, on the path and on no other host having set it.
    func name(_ cookie: Name) -> String { site.isSecure ? "__Host-\(cookie.rawValue)" : cookie.rawValue }

    func value(_ cookie: Name, of request: Request) -> String? {
        request.cookies[name(cookie)]?.value
    }

    func set(_ cookie: Name, to value: String, for lifetime: Duration, in response: inout Response) {
        response.setCookie(
            Cookie(
                name: name(cookie), value: value, maxAge: Int(lifetime.components.seconds), path: "/",
                secure: site.isSecure, httpOnly: true, sameSite: .strict))
    }

    func clear(_ cookies: [Name] = Name.allCases, in response: inout Response) {
        for cookie in cookies { set(cookie, to: "", for: .zero, in: &response) }
    }
}

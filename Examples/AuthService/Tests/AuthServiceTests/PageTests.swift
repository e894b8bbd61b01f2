import Foundation
import SessionRepository
import Testing

@testable import AuthService

@Suite("Pages")
struct PageTests {
    @Test("Signing in leads to the devices, by cookies alone")
    func signIn() async throws {
        try await withService { service in
            let browser = service.client()
            let first = try await browser.send("GET", "/devices")
            #expect(first.status == 303)
            #expect(first.headers["location"] == "/sign-in")
            let wrong = try await browser.send(form: ["user": "<b>", "password": "x"], to: "/sign-in")
            #expect(wrong.status == 401)
            #expect(wrong.text.contains(#"value="&lt;b&gt;""#))
            let signedIn = try await browser.signInToPages("maya", in: service)
            #expect(signedIn.status == 303)
            #expect(Set(browser.cookies.keys) == ["access", "refresh"])
            #expect(signedIn.setCookie.matches(of: /HttpOnly/).count == 2)
            #expect(signedIn.setCookie.matches(of: /SameSite=Strict/).count == 2)
            let page = try await browser.send("GET", "/devices")
            #expect(page.status == 200)
            #expect(page.text.contains("This device"))
            #expect(page.text.contains("127.0.0.1"))
        }
    }

    @Test("Pages allow no script, no frame and no foreign form, hold none of their own, and are kept by no cache")
    func headers() async throws {
        try await withService { service in
            let browser = service.client()
            _ = try await browser.signInToPages("noah", in: service)
            for path in ["/sign-in", "/devices", "/organization", "/support", "/devices/x/end"] {
                let page = try await browser.send("GET", path)
                if path == "/devices/x/end" { continue }
                let policy = try #require(page.headers["content-security-policy"])
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(page.headers["x-content-type-options"] == "nosniff")
                #expect(page.headers["cache-control"] == "no-store")
                #expect(page.text.contains(#"<html lang="en">"#))
                for word in ["<script", "style=", "<style", "onclick"] { #expect(!page.text.contains(word)) }
            }
        }
    }

    @Test("A form without the session's own token, or from elsewhere, changes nothing")
    func crossSite() async throws {
        try await withService { service in
            let maya = service.client()
            _ = try await maya.signInToPages("maya", in: service)
            let other = try await service.signedIn("maya")
            let noah = service.client()
            _ = try await noah.signInToPages("noah", in: service)
            let foreign = try await noah.formToken()
            let own = try await maya.formToken()
            for fields in [[:], ["csrf": ""], ["csrf": "x"], ["csrf": foreign]] {
                let answer = try await maya.send(form: fields, to: "/devices/end-others")
                #expect(answer.status == 403)
                #expect(answer.headers["content-type"]?.hasPrefix("text/html") == true)
            }
            for origin in [nil, "null", "https://evil.example"] {
                let answer = try await maya.send(form: ["csrf": own], to: "/devices/end-others", origin: origin)
                #expect(answer.status == 403)
                #expect(answer.text.contains("The request comes from another site."))
            }
            #expect(try await other.send("GET", "/me").status == 200)
            #expect(try await maya.send(form: ["csrf": own], to: "/devices/end-others").status == 303)
            #expect(try await other.send("GET", "/me").code == "sessionEnded")
        }
    }

    @Test("A browser whose session was ended elsewhere is told so at its next request")
    func endedElsewhere() async throws {
        try await withService { service in
            let here = service.client()
            _ = try await here.signInToPages("maya", in: service)
            let there = service.client()
            _ = try await there.signInToPages("maya", in: service)
            let page = try await here.send("GET", "/devices")
            let id = try #require(page.text.firstMatch(of: /\/devices\/([^\/]+)\/end"/)?.1)
            let answer = try await here.send(form: ["csrf": try await here.formToken()], to: "/devices/\(id)/end")
            #expect(answer.headers["location"] == "/devices?notice=session-ended")
            let next = try await there.send("GET", "/devices")
            #expect(next.headers["location"] == "/sign-in?notice=ended")
            #expect(there.cookies.isEmpty)
            #expect(try await there.send("GET", "/sign-in?notice=ended").text.contains("ended from another place"))
            #expect(!(try await there.send("GET", "/sign-in?notice=%3Cb%3E").text.contains("role=\"status\"")))
        }
    }

    @Test("An access token that has expired is refreshed on the way, also when the page itself has a problem")
    func refresh() async throws {
        try await withService(settings: { $0.policy.reuseInterval = .zero }) { service in
            let browser = service.client()
            _ = try await browser.signInToPages("maya", in: service)
            for path in ["/devices", "/organization", "/support"] {
                browser.cookies["access"] = nil
                let before = browser.cookies["refresh"]
                let status = try await browser.send("GET", path).status
                #expect(status == (path == "/devices" ? 200 : 403))
                #expect(browser.cookies["refresh"] != before)
                #expect(browser.cookies["access"] != nil)
            }
            browser.cookies["access"] = "forged"
            #expect(try await browser.send("GET", "/devices").status == 200)
        }
    }

    @Test("Signing out takes all cookies, also when the access token had to be refreshed for it")
    func signOut() async throws {
        try await withService { service in
            let browser = service.client()
            _ = try await browser.signInToPages("maya", in: service)
            let token = try await browser.formToken()
            browser.cookies["access"] = nil
            let answer = try await browser.send(form: ["csrf": token], to: "/sign-out")
            #expect(answer.headers["location"] == "/sign-in?notice=signed-out")
            #expect(browser.cookies.isEmpty)
        }
    }

    @Test("Signing in again goes on under a new ID; signing in as somebody else ends what was")
    func signInAgain() async throws {
        try await withService { service in
            let browser = service.client()
            let other = try await service.signedIn("maya", device: "Pixel 9")
            _ = try await browser.signInToPages("maya", in: service)
            let first = browser.cookies
            browser.cookies["access"] = nil
            _ = try await browser.signInToPages("maya", in: service)
            #expect(browser.cookies["refresh"] != first["refresh"])
            #expect(try await other.send("GET", "/sessions").decode(Listing.self).sessions.count == 2)
            let thief = service.client()
            thief.cookies = first
            #expect(try await thief.send("GET", "/devices").status == 303)
            _ = try await browser.signInToPages("noah", in: service)
            #expect(try await other.send("GET", "/sessions").decode(Listing.self).sessions.count == 1)
            #expect(try await browser.send("GET", "/devices").text.contains("Noah Okafor"))
        }
    }

    @Test("An organization's page allows and revokes; support's page opens, and is closed at once")
    func supportAccess() async throws {
        try await withService { service in
            let noah = service.client()
            _ = try await noah.signInToPages("noah", in: service)
            let grace = service.client()
            _ = try await grace.signInToPages("grace", in: service)
            let token = try await noah.formToken(at: "/organization")
            let wrong = try await noah.send(form: ["csrf": token, "minutes": "9"], to: "/organization/support-access")
            #expect(wrong.status == 400)
            let allowed = try await noah.send(
                form: ["csrf": token, "minutes": "60", "admin": "", "reason": "<i>"], to: "/organization/support-access"
            )
            #expect(allowed.headers["location"] == "/organization?notice=allowed")
            let page = try await noah.send("GET", "/organization?notice=allowed").text
            #expect(page.contains("&lt;i&gt;"))

            let graces = try await grace.formToken(at: "/support")
            let opened = try await grace.send(form: ["csrf": graces, "organization": "acme"], to: "/support/open")
            #expect(opened.headers["location"] == "/support/acme")
            #expect(try await grace.send("GET", "/support/acme").text.contains("Maya Lindqvist"))
            #expect(try await grace.send("GET", "/support/globex").status == 303)
            _ = try await grace.send(form: ["csrf": graces, "organization": "acme"], to: "/support/open")

            let grant = try #require(page.firstMatch(of: /support-access\/([^\/]+)\/revoke/)?.1)
            let revoked = try await noah.send(
                form: ["csrf": token], to: "/organization/support-access/\(grant)/revoke")
            #expect(revoked.headers["location"] == "/organization?notice=revoked")
            let out = try await grace.send("GET", "/support/acme")
            #expect(out.headers["location"] == "/support?notice=support-ended")
            #expect(try await grace.send("GET", "/support").status == 200)
        }
    }

    @Test("A Global Admin ends one session of a user, and all; a page of one user ends nobody else's")
    func administration() async throws {
        try await withService { service in
            let grace = service.client()
            _ = try await grace.signInToPages("grace", in: service)
            let maya = [try await service.signedIn("maya"), try await service.signedIn("maya")]
            let noah = service.client()
            _ = try await noah.signInToPages("noah", in: service)
            let token = try await grace.formToken(at: "/users/maya")
            let page = try await grace.send("GET", "/users/maya").text
            let id = try #require(page.firstMatch(of: /\/users\/maya\/([^\/]+)\/end"/)?.1)
            #expect(try await grace.send(form: ["csrf": token], to: "/users/noah/\(id)/end").status == 404)
            let noahs = try await noah.formToken()
            #expect(try await noah.send(form: ["csrf": noahs], to: "/users/maya/end-all").status == 403)
            #expect(try await grace.send(form: [:], to: "/users/maya/end-all").status == 403)
            let ended = try await grace.send(form: ["csrf": token], to: "/users/maya/\(id)/end")
            #expect(ended.headers["location"] == "/users/maya?notice=session-ended")
            let statuses = try await [maya[0].send("GET", "/me").status, maya[1].send("GET", "/me").status]
            #expect(statuses.sorted() == [200, 401])
            let all = try await grace.send(form: ["csrf": token], to: "/users/maya/end-all")
            #expect(all.headers["location"] == "/users/maya?notice=all-ended")
            for client in maya { #expect(try await client.send("GET", "/me").status == 401) }
            #expect(try await grace.send("GET", "/users/maya").text.contains("not signed in anywhere"))
            #expect(try await noah.send("GET", "/devices").status == 200)
            #expect(try await grace.send("GET", "/users/nobody").status == 404)
        }
    }

    @Test("Who has no part in an organization or in support does not see its page")
    func roles() async throws {
        try await withService { service in
            for (user, path) in [
                ("maya", "/organization"), ("maya", "/support"), ("noah", "/support"), ("grace", "/organization"),
                ("noah", "/users"), ("noah", "/users/maya"),
            ] {
                let browser = service.client()
                _ = try await browser.signInToPages(user, in: service)
                #expect(try await browser.send("GET", path).status == 403, "\(user) \(path)")
            }
        }
    }
}

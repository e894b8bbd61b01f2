import Crypto
import Foundation
import JWTKit
import SessionRepository
import Testing

@testable import AuthService

@Suite("Hostile input")
struct HostileInputTests {
    private static func base64URL(_ text: String) -> String {
        Data(text.utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Test("No token but ours opens anything")
    func tokens() async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            let genuine = try #require(client.accessToken)
            let parts = genuine.split(separator: ".").map(String.init)
            let claims = try await JWTKeyCollection().unverified(genuine, as: AccessTokenClaims.self)
            let now = Date()
            func signed(
                key: SymmetricKey, sub: String? = nil, sid: String? = nil, expires: TimeInterval = 300
            ) async throws -> String {
                try await JWTKeyCollection().add(hmac: HMACKey(key: key), digestAlgorithm: .sha256).sign(
                    AccessTokenClaims(
                        sub: .init(value: sub ?? claims.sub.value), sid: sid ?? claims.sid, iat: .init(value: now),
                        exp: .init(value: now.addingTimeInterval(expires))))
            }
            let ours = service.configuration.key(for: "access token")
            let noah = try await service.signedIn("noah")
            let noahs = try #require(try await noah.send("GET", "/sessions").decode(Listing.self).sessions.first).id
            let none = Self.base64URL(#"{"alg":"none","typ":"JWT"}"#)
            let asymmetric = Self.base64URL(#"{"alg":"RS256","typ":"JWT"}"#)
            let hostile: [String: String] = [
                "garbage": "abc", "three parts": "a.b.c",
                "very long": String(repeating: "a", count: 60_000),
                "not UTF-8 inside": "\(parts[0]).__8.\(parts[2])",
                "no signature": "\(parts[0]).\(parts[1]).",
                "another's signature": try await signed(key: SymmetricKey(size: .bits256)),
                "signed with the form's key": try await signed(key: service.configuration.key(for: "form")),
                "alg none": "\(none).\(parts[1]).", "alg none, signed": "\(none).\(parts[1]).\(parts[2])",
                "another algorithm": "\(asymmetric).\(parts[1]).\(parts[2])",
                "expired": try await signed(key: ours, expires: -1),
                "another's session": try await signed(key: ours, sid: noahs),
                "no session": try await signed(key: ours, sid: ""),
                "no user": try await signed(key: ours, sub: ""),
                "the refresh token": client.cookies["refresh"] ?? "",
            ]
            for (what, token) in hostile {
                let other = service.client()
                other.accessToken = token
                let answer = try await other.send("GET", "/me")
                #expect(answer.status == 401, "\(what)")
                #expect(answer.code == "invalidToken", "\(what)")
                #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            let unknown = service.client()
            unknown.accessToken = try await signed(key: ours, sid: "\(SessionID(for: UserID("maya")))")
            #expect(try await unknown.send("GET", "/me").code == "sessionEnded")
            #expect(try await client.send("GET", "/me").status == 200)
        }
    }

    @Test("Without a token, or with one in a cookie, the API asks to sign in")
    func noToken() async throws {
        try await withService { service in
            let signedIn = try await service.signedIn("maya")
            let client = service.client()
            client.cookies = ["access": try #require(signedIn.accessToken)]
            for (method, path) in [("GET", "/me"), ("DELETE", "/sessions/x"), ("POST", "/support-sessions")] {
                let answer = try await client.send(method, path)
                #expect(answer.code == "notSignedIn")
                #expect(answer.headers["www-authenticate"] == "Bearer")
            }
        }
    }

    @Test(
        "What is no session ID is said to be none",
        arguments: [
            "x", "..%2F..", "00000000.", "%00", "sr:session:*", "ABCDEF01.AAAAAAAAAAAAAAAAAAAAAA",
            String(repeating: "9", count: 4000),
        ])
    func sessionIDs(id: String) async throws {
        try await withService { service in
            let answer = try await service.signedIn("maya").send("DELETE", "/sessions/\(id)")
            #expect(answer.status == 400)
            #expect(answer.code == "invalidInput")
        }
    }

    @Test("Bodies that are too large, of another type or of another form are refused")
    func bodies() async throws {
        try await withService { service in
            let client = service.client()
            func post(_ body: String, type: String = "application/json") async throws -> TestClient.Answer {
                try await client.send("POST", "/token", body: Data(body.utf8), type: type)
            }
            let large = try await post(#"{"user":"\#(String(repeating: "a", count: 20_000))","password":""}"#)
            #expect(large.status == 413)
            #expect(large.code == "tooLarge")
            for body in ["", "{", "[]", "null", #"{"user":1,"password":""}"#, #"{"user":"maya"}"#, "\u{0}"] {
                #expect(try await post(body).status == 400, "\(body)")
            }
            let form = try await post("user=maya&password=correct+horse", type: "application/x-www-form-urlencoded")
            #expect(form.code == "wrongMediaType")
            let fields = ["user": String(repeating: "a", count: 20_000), "password": ""]
            let page = try await client.send(form: fields, to: "/sign-in")
            #expect(page.status == 413)
            #expect(try await client.send(form: ["user": "maya"], to: "/sign-in").status == 400)
        }
    }

    @Test("A device name as long as a body allows, and one of markup, keep nobody from signing in")
    func deviceNames() async throws {
        try await withService { service in
            let long = try await service.signedIn("maya", device: String(repeating: "ü", count: 4000))
            #expect(try await long.send("GET", "/me").status == 200)
            _ = try await service.signedIn("maya", device: "<script>alert(1)</script>\"'")
            let browser = service.client()
            _ = try await browser.signInToPages("maya", in: service)
            let page = try await browser.send("GET", "/devices")
            #expect(page.text.contains("&lt;script&gt;"))
            #expect(!page.text.contains("<script"))
        }
    }

    @Test(
        "Another site's pages cannot use what a browser holds",
        arguments: ["https://evil.example", "null", "http://127.0.0.1", ""])
    func origins(origin: String) async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            let answer = try await client.send("POST", "/token/refresh", origin: origin)
            #expect(answer.status == 403)
            #expect(answer.code == "wrongOrigin")
            #expect(try await client.send("POST", "/token/refresh", origin: service.origin).status == 200)
        }
    }

    @Test("On plain loopback only this machine's names are our own, whatever a name server says")
    func rebinding() {
        let site = Site.plainLoopback
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"] {
            #expect(site.isOwn("http://\(host)", host: host))
            #expect(!site.isOwn("https://\(host)", host: host))
            #expect(!site.isOwn("http://\(host)", host: "127.0.0.1:9"))
        }
        for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:80"] {
            #expect(!site.isOwn("http://\(host)", host: host))
        }
        #expect(!site.isOwn("http://localhost", host: nil))
        #expect(Site.secure(origin: "https://a.example").isOwn("https://a.example", host: "b.internal"))
        #expect(!Site.secure(origin: "https://a.example").isOwn("https://b.internal", host: "b.internal"))
    }

    @Test("The address that a proxy saw counts, and not what the client claims")
    func forwardedAddress() async throws {
        try await withService(configuration: { $0.isBehindProxy = true }) { service in
            for (header, address) in [
                ("10.0.0.1, 203.0.113.9", "203.0.113.9"), ("2001:DB8::1", "2001:db8::1"), ("junk", "127.0.0.1"),
                ("203.0.113.9, ", "127.0.0.1"), ("1.2.3.4\u{20}", "1.2.3.4"),
            ] {
                let client = service.client()
                client.headers["X-Forwarded-For"] = header
                let login = Login(user: "maya", password: "correct horse", device: header)
                let answer = try await client.send("POST", "/token", json: login)
                #expect(answer.status == 200, "\(header)")
                client.accessToken = try answer.decode(Token.self).accessToken
                let entries = try await client.send("GET", "/sessions").decode(Listing.self).sessions
                #expect(entries.first(where: \.isCurrent)?.ipAddress == address, "\(header)")
            }
        }
    }

    @Test("Unknown addresses are not found, and say so in JSON")
    func notFound() async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            for path in ["/nothing", "/organizations/initech", "/organizations/globex", "/admin/nothing"] {
                let answer = try await client.send("GET", path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.code == "notFound", "\(path)")
            }
        }
    }
}

import Foundation
import JWTKit
import SessionRepository
import Testing

@testable import AuthService

@Suite("Signing in")
struct SignInTests {
    @Test("An access token names user and session for five minutes; no script can read the refresh token's cookie")
    func signIn() async throws {
        try await withService { service in
            let client = service.client()
            let login = Login(user: "maya", password: "correct horse", device: "Test")
            let answer = try await client.send("POST", "/token", json: login)
            let token = try answer.decode(Token.self)
            #expect(token.expiresIn == 300)
            let claims = try await JWTKeyCollection().unverified(token.accessToken, as: AccessTokenClaims.self)
            #expect(claims.sub.value == "maya")
            #expect(claims.sid == token.sessionID)
            #expect(claims.exp.value.timeIntervalSince(claims.iat.value) == 300)
            #expect(answer.headers["cache-control"] == "no-store")
            #expect(answer.setCookie.hasPrefix("refresh=srt1_"))
            for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(answer.setCookie.contains(attribute)) }
            #expect(!answer.setCookie.contains("Secure"))
            #expect(!answer.text.contains("srt1_"))
        }
    }

    @Test("Behind TLS, cookies are Secure and bound to the host")
    func secure() async throws {
        try await withService(site: .secure(origin: "https://accounts.example.com")) { service in
            let client = service.client()
            let answer = try await client.send("POST", "/token", json: Login(user: "maya", password: "correct horse"))
            #expect(answer.setCookie.hasPrefix("__Host-refresh="))
            #expect(answer.setCookie.contains("Secure"))
            #expect(try await client.send("POST", "/token/refresh").status == 200)
            #expect(try await client.send("GET", "/sign-in").headers["strict-transport-security"] != nil)
        }
    }

    @Test("A wrong password and an unknown user get the same answer")
    func wrongPassword() async throws {
        try await withService { service in
            let client = service.client()
            for (user, password) in [("maya", "x"), ("nobody", ""), ("", "")] {
                let login = Login(user: user, password: password)
                let answer = try await client.send("POST", "/token", json: login)
                #expect(answer.status == 401)
                #expect(answer.code == "wrongPassword")
                #expect(answer.setCookie.isEmpty)
            }
        }
    }

    @Test("Refreshing goes on with the same session; a token sent twice at once gets the same successor")
    func refresh() async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            let first = client.cookies
            let refreshed = try await client.send("POST", "/token/refresh").decode(Token.self)
            let second = client.cookies
            #expect(second != first)
            client.accessToken = refreshed.accessToken
            #expect(try await client.send("GET", "/me").status == 200)
            client.cookies = first
            #expect(try await client.send("POST", "/token/refresh").status == 200)
            #expect(client.cookies == second)
        }
    }

    @Test("A spent refresh token that comes back ends its session, for the thief and the owner")
    func reuse() async throws {
        try await withService(settings: { $0.policy.reuseInterval = .zero }) { service in
            let owner = try await service.signedIn("maya")
            let stolen = owner.cookies
            _ = try await owner.send("POST", "/token/refresh")
            let thief = service.client()
            thief.cookies = stolen
            #expect(try await thief.send("POST", "/token/refresh").code == "sessionEnded")
            #expect(try await owner.send("GET", "/me").code == "sessionEnded")
            #expect(try await owner.send("POST", "/token/refresh").code == "sessionEnded")
        }
    }

    @Test(
        "Without a refresh token, or with one that nobody signed, there is nothing to refresh",
        arguments: [nil, "", "srt1_x", "a b"])
    func forgedRefreshToken(token: String?) async throws {
        try await withService { service in
            let client = service.client()
            if let token { client.cookies = ["refresh": token] }
            let answer = try await client.send("POST", "/token/refresh")
            #expect(answer.status == 401)
            #expect(["notSignedIn", "invalidRefreshToken"].contains(answer.code))
        }
    }

    @Test("Signing out ends the session and takes the cookies away")
    func signOut() async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            let cookies = client.cookies
            #expect(try await client.send("DELETE", "/token").status == 204)
            #expect(client.cookies.isEmpty)
            #expect(try await client.send("GET", "/me").code == "sessionEnded")
            client.cookies = cookies
            #expect(try await client.send("POST", "/token/refresh").status == 401)
        }
    }
}

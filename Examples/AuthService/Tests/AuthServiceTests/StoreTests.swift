import Foundation
import Testing

@testable import AuthService

@Suite("An unreachable store")
struct StoreTests {
    @Test("It is 503, never signed out: the same tokens and cookies work when it answers again")
    func frozen() async throws {
        let redis = try PrivateRedis()
        defer { redis.thaw() }
        try await withService(redis: redis) { service in
            let program = try await service.signedIn("maya")
            let browser = service.client()
            _ = try await browser.signInToPages("noah", in: service)
            let cookies = browser.cookies
            redis.freeze()
            for (method, path) in [
                ("GET", "/sessions"), ("POST", "/token/refresh"), ("POST", "/sessions/terminate-others"),
            ] {
                let answer = try await program.send(method, path)
                #expect(answer.status == 503, "\(method) \(path)")
                #expect(["timedOut", "storeUnavailable"].contains(answer.code))
                #expect(answer.headers["retry-after"] == "1")
                #expect(answer.setCookie.isEmpty)
            }
            let page = try await browser.send("GET", "/devices")
            #expect(page.status == 503)
            #expect(page.text.contains("You are still signed in"))
            #expect(browser.cookies == cookies)
            let login = Login(user: "maya", password: "correct horse")
            #expect(try await service.client().send("POST", "/token", json: login).status == 503)
            redis.thaw()
            try await eventually { try await browser.send("GET", "/devices").status == 200 }
            #expect(try await program.send("POST", "/token/refresh").status == 200)
        }
    }
}

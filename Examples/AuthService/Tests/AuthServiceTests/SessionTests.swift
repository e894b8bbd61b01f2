import Foundation
import SessionRepository
import Testing

@Suite("Sessions")
struct SessionTests {
    @Test("A user sees their devices, the one that asks marked")
    func list() async throws {
        try await withService { service in
            let phone = try await service.signedIn("maya", device: "Pixel 9")
            _ = try await service.signedIn("maya", device: "Laptop")
            _ = try await service.signedIn("noah")
            let entries = try await phone.send("GET", "/sessions").decode(Listing.self).sessions
            #expect(Set(entries.map(\.device)) == ["Pixel 9", "Laptop"])
            #expect(entries.filter(\.isCurrent).map(\.device) == ["Pixel 9"])
            #expect(entries.allSatisfy { $0.ipAddress == "127.0.0.1" })
        }
    }

    @Test("A session ended from another device is refused at its next request, and so is its refresh token")
    func endOne() async throws {
        try await withService { service in
            let phone = try await service.signedIn("maya", device: "Pixel 9")
            let laptop = try await service.signedIn("maya", device: "Laptop")
            #expect(try await laptop.send("GET", "/me").status == 200)
            let entries = try await phone.send("GET", "/sessions").decode(Listing.self).sessions
            let id = try #require(entries.first { $0.device == "Laptop" }).id
            #expect(try await phone.send("DELETE", "/sessions/\(id)").status == 204)
            #expect(try await laptop.send("GET", "/me").code == "sessionEnded")
            #expect(try await laptop.send("POST", "/token/refresh").status == 401)
            #expect(try await phone.send("DELETE", "/sessions/\(id)").status == 204)
            #expect(try await phone.send("GET", "/me").status == 200)
        }
    }

    @Test("Somebody else's session is answered like one that never was, and goes on")
    func foreign() async throws {
        try await withService { service in
            let maya = try await service.signedIn("maya")
            let noah = try await service.signedIn("noah")
            let id = try #require(try await noah.send("GET", "/sessions").decode(Listing.self).sessions.first).id
            let answer = try await maya.send("DELETE", "/sessions/\(id)")
            let never = try await maya.send("DELETE", "/sessions/\(SessionID(for: UserID("maya")))")
            #expect(answer.status == 404)
            #expect(never.status == 404)
            #expect(answer.code == never.code)
            #expect(try await noah.send("GET", "/me").status == 200)
        }
    }

    @Test("Ending all others leaves the one that asks")
    func endOthers() async throws {
        struct Count: Decodable { let terminated: Int }
        try await withService { service in
            let here = try await service.signedIn("maya")
            let others = [try await service.signedIn("maya"), try await service.signedIn("maya")]
            let answer = try await here.send("POST", "/sessions/terminate-others")
            #expect(try answer.decode(Count.self).terminated == 2)
            for other in others { #expect(try await other.send("GET", "/me").code == "sessionEnded") }
            #expect(try await here.send("GET", "/me").status == 200)
        }
    }

    @Test("Requests after the first are answered from the near cache, and activity does not undo that")
    func nearCache() async throws {
        try await withService { service in
            let client = try await service.signedIn("maya")
            try await eventually {
                let status = try await client.send("GET", "/me").status
                #expect(status == 200)
                return service.sessions.nearCacheStatistics.hits >= 5
            }
        }
    }

    @Test("A Global Admin lists and ends anybody's sessions; nobody else does")
    func administration() async throws {
        try await withService { service in
            let grace = try await service.signedIn("grace")
            let maya = [
                try await service.signedIn("maya"), try await service.signedIn("maya"),
                try await service.signedIn("maya"),
            ]
            let path = "/admin/users/maya/sessions"
            for user in ["maya", "noah"] {
                let other = try await service.signedIn(user)
                #expect(try await other.send("GET", path).code == "forbidden")
                #expect(try await other.send("POST", "\(path)/terminate-all").code == "forbidden")
                _ = try await other.send("DELETE", "/token")
            }
            #expect(try await grace.send("GET", "/admin/users/%00/sessions").code == "invalidInput")
            #expect(try await grace.send("GET", "/admin/users/nobody/sessions").text == #"{"sessions":[]}"#)
            let entries = try await grace.send("GET", path).decode(Listing.self).sessions
            #expect(entries.count == 3)
            let noah = try await service.signedIn("noah")
            let foreign = try #require(try await noah.send("GET", "/sessions").decode(Listing.self).sessions.first).id
            #expect(try await grace.send("DELETE", "\(path)/\(foreign)").status == 404)
            #expect(try await grace.send("DELETE", "\(path)/\(entries[0].id)").status == 204)
            #expect(try await grace.send("GET", path).decode(Listing.self).sessions.count == 2)
            #expect(try await grace.send("POST", "\(path)/terminate-all").text == #"{"terminated":2}"#)
            for client in maya { #expect(try await client.send("GET", "/me").code == "sessionEnded") }
            #expect(try await noah.send("GET", "/me").status == 200)
        }
    }
}

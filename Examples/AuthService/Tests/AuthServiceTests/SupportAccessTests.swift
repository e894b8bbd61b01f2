import Foundation
import SessionRepository
import Testing

@testable import AuthService

@Suite("Support access")
struct SupportAccessTests {
    struct Allowance: Encodable {
        var until = Date().addingTimeInterval(3600)
        var grantedTo: String?
        var reason: String?
    }

    struct Grant: Decodable {
        let id: String
        let until: Date
        let grantedTo: String?
    }

    struct Grants: Decodable { let grants: [Grant] }

    static let settings = "/organizations/acme/support-access"

    static func open(_ client: TestClient, _ organization: String = "acme") async throws -> TestClient.Answer {
        try await client.send("POST", "/support-sessions", json: ["organization": organization])
    }

    /// Another client that holds only the support session.
    static func supportClient(_ service: TestService, _ answer: TestClient.Answer) throws -> TestClient {
        let client = service.client()
        client.accessToken = try answer.decode(Token.self).accessToken
        return client
    }

    @Test("Support sees an organization only under its grant, and is out at its next request after the revocation")
    func grantAndRevoke() async throws {
        try await withService { service in
            let noah = try await service.signedIn("noah")
            let grace = try await service.signedIn("grace")
            #expect(try await Self.open(grace).code == "supportAccessNotGranted")
            #expect(try await grace.send("GET", "/organizations/acme").status == 404)

            let saved = try await noah.send("POST", Self.settings, json: Allowance(reason: "Import fails"))
            #expect(saved.status == 201)
            let grant = try saved.decode(Grant.self)
            let opened = try await Self.open(grace)
            #expect(opened.status == 201)
            let support = try Self.supportClient(service, opened)
            #expect(try await support.send("GET", "/organizations/acme").text.contains("Maya Lindqvist"))
            #expect(try await support.send("GET", "/organizations/globex").status == 404)

            #expect(try await noah.send("DELETE", "\(Self.settings)/\(grant.id)").status == 204)
            let refused = try await support.send("GET", "/organizations/acme")
            #expect(refused.status == 401)
            #expect(["supportAccessEnded", "sessionEnded"].contains(refused.code))
            #expect(try await grace.send("GET", "/me").status == 200)
            #expect(try await Self.open(grace).status == 403)
        }
    }

    @Test("Support is out when the time is up")
    func expiry() async throws {
        try await withService { service in
            let noah = try await service.signedIn("noah")
            let grace = try await service.signedIn("grace")
            // Whole seconds are what the API takes.
            let until = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 3).rounded(.up))
            #expect(try await noah.send("POST", Self.settings, json: Allowance(until: until)).status == 201)
            let support = try Self.supportClient(service, try await Self.open(grace))
            #expect(try await support.send("GET", "/organizations/acme").status == 200)
            try await eventually { try await support.send("GET", "/organizations/acme").status == 401 }
            #expect(Date() >= until)
            #expect(try await noah.send("GET", Self.settings).decode(Grants.self).grants.isEmpty)
        }
    }

    @Test("A support session can look at its organization and do nothing else")
    func leastPrivilege() async throws {
        try await withService { service in
            let noah = try await service.signedIn("noah")
            _ = try await noah.send("POST", Self.settings, json: Allowance())
            let support = try Self.supportClient(service, try await Self.open(try await service.signedIn("grace")))
            for (method, path) in [
                ("GET", "/sessions"), ("POST", "/sessions/terminate-others"), ("GET", "/admin/users/maya/sessions"),
                ("POST", "/admin/users/maya/sessions/terminate-all"), ("GET", Self.settings),
            ] {
                #expect(try await support.send(method, path).code == "forbidden", "\(method) \(path)")
            }
            #expect(try await Self.open(support).code == "forbidden")
        }
    }

    @Test("Only the organization's own administrator decides, and one named engineer keeps others out")
    func whoMay() async throws {
        try await withService { service in
            let noah = try await service.signedIn("noah")
            for (user, code) in [("maya", "forbidden"), ("vera", "notFound"), ("grace", "notFound")] {
                let other = try await service.signedIn(user)
                #expect(try await other.send("POST", Self.settings, json: Allowance()).code == code)
            }
            let member = try await noah.send("POST", Self.settings, json: Allowance(grantedTo: "maya"))
            #expect(member.code == "invalidInput")
            let named = try await noah.send("POST", Self.settings, json: Allowance(grantedTo: "grace"))
            let grant = try named.decode(Grant.self)
            #expect(grant.grantedTo == "grace")
            let vera = try await service.signedIn("vera")
            #expect(try await vera.send("DELETE", "/organizations/globex/support-access/\(grant.id)").status == 404)
            #expect(try await noah.send("GET", Self.settings).decode(Grants.self).grants.count == 1)
        }
    }

    @Test("Saving under the same ID moves the end; a past one is refused")
    func extend() async throws {
        try await withService { service in
            let noah = try await service.signedIn("noah")
            let grant = try await noah.send("POST", Self.settings, json: Allowance()).decode(Grant.self)
            let later = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 7200).rounded())
            let moved = try await noah.send("PUT", "\(Self.settings)/\(grant.id)", json: Allowance(until: later))
            #expect(try moved.decode(Grant.self).until == later)
            let longAgo = Allowance(until: Date(timeIntervalSince1970: 1))
            let past = try await noah.send("POST", Self.settings, json: longAgo)
            #expect(past.status == 400)
            let foreign = SupportAccessGrantID(for: try OrganizationID("globex"))
            #expect(try await noah.send("PUT", "\(Self.settings)/\(foreign)", json: Allowance()).status == 400)
        }
    }
}

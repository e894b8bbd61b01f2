import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: changes on a live session, and assurance")
struct UpdateConformance {
    @Test("What an update names changes, everything else stays", arguments: Implementation.allCases)
    func update(_ implementation: Implementation) async throws {
        try await withSubject(implementation, attributes: ["tenant", "theme"]) { subject in
            let repository = subject.repository
            let before = try await subject.create(for: try subject.user())
            let other = try await subject.create(for: before.userID)
            func expect(
                _ changes: SessionChanges, device: String?, agent: String?, _ attributes: [String: String]
            ) async throws {
                let outcome = try await repository.updateSession(before.id, changes)
                let found = try #require(try await repository.findSession(before.id))
                #expect(outcome == .updated(found))
                #expect(found.deviceName == device && found.userAgent == agent)
                #expect(found.attributes == attributes)
                #expect(found.ipAddress == before.ipAddress && found.createdAt == before.createdAt)
                #expect(found.lastActivityAt == before.lastActivityAt && found.expiresAt == before.expiresAt)
                #expect(try await repository.authorize(before.id).session?.attributes == attributes)
            }
            try await expect(SessionChanges(), device: "Pixel 9", agent: "App/1", ["tenant": "acme"])
            try await expect(
                SessionChanges(attributes: ["theme": "dark"]), device: "Pixel 9", agent: "App/1",
                ["tenant": "acme", "theme": "dark"])
            try await expect(
                SessionChanges(deviceName: "Anna's phone", attributes: ["theme": "light", "tenant": nil]),
                device: "Anna's phone", agent: "App/1", ["theme": "light"])
            try await expect(
                SessionChanges(userAgent: "App/2", attributes: ["never": nil]), device: "Anna's phone", agent: "App/2",
                ["theme": "light"])
            try await expect(
                SessionChanges(deviceName: "", userAgent: ""), device: nil, agent: nil, ["theme": "light"])
            let long = SessionChanges(deviceName: String(repeating: "é", count: 200))
            try await expect(long, device: String(repeating: "é", count: 128), agent: nil, ["theme": "light"])
            #expect(try await repository.findSession(other.id) == other)
        }
    }

    @Test("Limits are those of creation, and what breaks one changes nothing", arguments: Implementation.allCases)
    func limits(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            func field(_ attributes: [String: String?]) async -> String? {
                let error = await failure { () throws(SessionRepositoryError) in
                    try await repository.updateSession(
                        session.id, SessionChanges(deviceName: "never", attributes: attributes))
                }
                if case .invalidInput(let field, _) = error { return field }
                return nil
            }
            let names = (0..<32).map { "name \($0)" }
            func named(_ names: some Sequence<String>, _ value: String?) -> [String: String?] {
                [String: String?](uniqueKeysWithValues: names.map { ($0, value) })
            }
            #expect(await field(["": "x"]) == "attribute name")
            #expect(await field([String(repeating: "x", count: 65): nil]) == "attribute name")
            #expect(await field(["x": String(repeating: "x", count: 1025)]) == "attribute x")
            #expect(await field(named(names + ["one more"], "x")) == "attributes")
            // With the one that is there already.
            #expect(await field(named(names, "x")) == "attributes")
            #expect(try await repository.findSession(session.id) == session)

            let full = SessionChanges(attributes: named(names.dropLast(), "x"))
            guard case .updated(let filled) = try await repository.updateSession(session.id, full) else {
                Issue.record("32 attributes are allowed")
                return
            }
            #expect(filled.attributes.count == 32)
            #expect(await field(["one more": "x"]) == "attributes")
            // In place of another one, or again.
            _ = try await repository.updateSession(session.id, SessionChanges(attributes: ["tenant": nil, "new": "x"]))
            _ = try await repository.updateSession(session.id, SessionChanges(attributes: ["new": "y"]))
            let found = try #require(try await repository.findSession(session.id))
            #expect(found.attributes.count == 32 && found.attributes["new"] == "y" && found.deviceName == "Pixel 9")
        }
    }

    @Test("A session that is not active is not changed, and not revived", arguments: Implementation.allCases)
    func notActive(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            let session = try await subject.create(for: try subject.user())
            let unknown = SessionID(for: session.userID)
            _ = try await repository.terminateSession(session.id)
            let before = try await repository.findSession(session.id)
            for id in [session.id, unknown] {
                let update = try await repository.updateSession(id, SessionChanges(attributes: ["theme": "dark"]))
                #expect(update == .notActive)
                let elevation = try await repository.elevateSession(
                    id, to: "aal2", methods: ["otp"], for: .seconds(60))
                #expect(elevation == .notActive)
            }
            #expect(try await repository.findSession(session.id) == before)
            #expect(try await repository.findSession(unknown) == nil)
        }
    }

    @Test("A login's assurance is kept, and an elevation replaces it until it ends", arguments: Implementation.allCases)
    func elevate(_ implementation: Implementation) async throws {
        try await withSubject(implementation, assurance: true) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            (new.level, new.methods) = ("aal1", ["pwd"])
            let session = try await repository.createSession(new).session
            func expect(_ level: String?, _ methods: [String], elevated: Bool) async throws {
                for found in [
                    try await repository.authorize(session.id).session,
                    try await repository.findSession(session.id),
                    try await repository.findActiveSessionsByUser(session.userID).first,
                ] {
                    #expect(found?.level == level)
                    #expect(found?.methods == methods)
                    #expect((found?.elevatedUntil != nil) == elevated)
                }
            }
            try await expect("aal1", ["pwd"], elevated: false)
            let before = try await repository.currentTime()
            let outcome = try await repository.elevateSession(
                session.id, to: "aal2", methods: ["pwd", "otp"], for: .seconds(600))
            let after = try await repository.currentTime()
            let until = try #require(try await repository.authorize(session.id).session?.elevatedUntil)
            #expect((before + 600...after + 600).contains(until))
            guard case .updated(let elevated) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(elevated.elevatedUntil == until && elevated.expiresAt == session.expiresAt)
            try await expect("aal2", ["pwd", "otp"], elevated: true)
            // Replaced, and over soon.
            _ = try await repository.elevateSession(session.id, to: "aal3", methods: [], for: .milliseconds(1))
            try await subject.letPass(.milliseconds(3))
            try await expect("aal1", ["pwd"], elevated: false)
        }
    }

    @Test(
        "A renewal takes a login's assurance over, and no elevation; no elevation is longer than its session",
        arguments: Implementation.allCases)
    func renew(_ implementation: Implementation) async throws {
        try await withSubject(implementation, assurance: true) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            (new.level, new.methods, new.lifetime) = ("aal1", ["pwd"], .seconds(600))
            let session = try await repository.createSession(new).session
            let outcome = try await repository.elevateSession(
                session.id, to: "aal2", methods: ["otp"], for: .seconds(3600))
            guard case .updated(let elevated) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(elevated.elevatedUntil == session.expiresAt)
            let renewed = try #require(try await repository.renewSession(session.id, ticket: .none).created).session
            #expect(renewed.level == "aal1" && renewed.methods == ["pwd"] && renewed.elevatedUntil == nil)
            #expect(try await repository.authorize(renewed.id).session?.level == "aal1")
        }
    }

    @Test(
        "Assurance is checked by field, and left out of `authorize` unless asked for",
        arguments: Implementation.allCases)
    func input(_ implementation: Implementation) async throws {
        try await withSubject(implementation) { subject in
            let repository = subject.repository
            var new = subject.session(for: try subject.user())
            new.level = "aal2"
            let session = try await repository.createSession(new).session
            #expect(session.level == "aal2" && session.methods.isEmpty)
            #expect(try await repository.authorize(session.id).session?.level == nil)
            func field(level: String, methods: [String], for duration: Duration = .seconds(60)) async -> String? {
                let error = await failure { () throws(SessionRepositoryError) in
                    try await repository.elevateSession(session.id, to: level, methods: methods, for: duration)
                }
                if case .invalidInput(let field, _) = error { return field }
                return nil
            }
            for level in ["", "aal 2", "aal2\n", "é", String(repeating: "x", count: 65)] {
                #expect(await field(level: level, methods: []) == "level")
            }
            for methods in [["a b"], [""], [String](repeating: "x", count: 9), [String(repeating: "x", count: 33)]] {
                #expect(await field(level: "aal2", methods: methods) == "methods")
            }
            for duration in [Duration.zero, .seconds(-1), .seconds(401 * 86_400)] {
                #expect(await field(level: "aal2", methods: [], for: duration) == "elevation")
            }
            #expect(try await repository.findSession(session.id) == session)
            new.level = "a b"
            let error = await failure { () throws(SessionRepositoryError) in try await repository.createSession(new) }
            #expect(error?.code == "invalidInput")
        }
    }
}

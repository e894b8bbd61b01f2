import EmbeddedRedis
import Foundation
import Testing

@testable import SessionRepository

@Suite("Changes on a live session")
struct UpdateTests {
    private static let changes = SessionChanges(
        deviceName: "", userAgent: "App/2", attributes: ["theme": "dark", "tenant": nil])

    private func created(in store: Store) async throws -> Session {
        var new = store.session(for: try store.user())
        new.attributes = ["tenant": "acme"]
        return try await store.repository.createSession(new).session
    }

    @Test("The record's fields change, its end and its place in the index do not")
    func record() async throws {
        try await withStore { store in
            let session = try await created(in: store)
            let key = store.keys.session(session.id)
            let (end, before) = (try await store.expiry(of: key), try await store.hash(key))
            let (index, random) = (store.keys.userIndex(session.userID), session.id.value.random.text)
            let score = try await store.score(of: random, in: index)
            #expect(try await store.repository.updateSession(session.id, Self.changes) != .notActive)
            var expected = before
            (expected["device"], expected["agent"], expected["attr:theme"], expected["attr:tenant"]) =
                (nil, "App/2", "dark", nil)
            #expect(try await store.hash(key) == expected)
            let outcome = try await store.repository.elevateSession(
                session.id, to: "aal2", methods: ["pwd", "otp"], for: .seconds(60))
            guard case .updated(let elevated) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            let until = try #require(elevated.elevatedUntil?.unixMilliseconds)
            expected["elevated"] = "\(until) aal2 pwd otp"
            #expect(try await store.hash(key) == expected)
            #expect(try await store.expiry(of: key) == end)
            #expect(try await store.score(of: random, in: index) == score)
        }
    }

    @Test("Where no assurance is given none is stored")
    func nothingStored() async throws {
        try await withStore { store in
            let plain = try await store.hash(store.keys.session(created(in: store).id))
            #expect(Set(plain.keys).isDisjoint(with: ["level", "methods", "elevated"]))
            var new = store.session(for: try store.user())
            (new.level, new.methods) = ("aal2", ["pwd", "otp"])
            let session = try await store.repository.createSession(new).session
            let record = try await store.hash(store.keys.session(session.id))
            #expect(record["level"] == "aal2" && record["methods"] == "pwd otp" && record["elevated"] == nil)
        }
    }

    @Test("A lookup that asks for assurance is still one round trip")
    func oneRoundTrip() async throws {
        try await withPrivateStore(configure: { $0.authorizeAssurance = true }) { store, _ in
            let session = try await created(in: store)
            _ = try await store.repository.elevateSession(session.id, to: "aal2", methods: [], for: .seconds(60))
            try await store.redis.send("CONFIG", "RESETSTAT")
            #expect(try await store.repository.authorize(session.id).session?.level == "aal2")
            let calls = try await store.redis.send("INFO", "commandstats").string ?? ""
            #expect(calls.contains("cmdstat_hmget:calls=1,") && !calls.contains("cmdstat_hgetall"))
        }
    }

    @Test(
        "A record that is damaged is an error of whoever changes it, and nothing is written",
        arguments: [["DEL", "user"], ["state", "suspended"], ["state", ""], ["id", "AbCdEfGh"], ["DEL", "id"]])
    func damaged(_ damage: [String]) async throws {
        try await withStore(checkingAfterwards: false) { store in
            let session = try await created(in: store)
            let key = store.keys.session(session.id)
            if damage[0] == "DEL" {
                try await store.redis.send("HDEL", key, damage[1])
            } else {
                try await store.redis.send("HSET", key, damage[0], damage[1])
            }
            try await expectCorrupt(key, of: session.id, in: store)
        }
    }

    @Test("So is a key of a wrong type, and an elevation's end that cannot be told")
    func wrongType() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let session = try await created(in: store)
            let key = store.keys.session(session.id)
            try await store.makeString(key)
            try await expectCorrupt(key, of: session.id, in: store)
        }
        try await withStore { store in
            let session = try await created(in: store)
            let key = store.keys.session(session.id)
            try await store.redis.send("HSET", key, "expires", "never")
            let before = try await store.snapshot()
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.elevateSession(session.id, to: "aal2", methods: [], for: .seconds(60))
            }
            #expect(error?.code == "corruptRecord")
            #expect(try await store.snapshot() == before)
        }
    }

    private func expectCorrupt(_ key: String, of id: SessionID, in store: Store) async throws {
        let before = try await store.snapshot()
        let errors = [
            await failure { () throws(SessionRepositoryError) in
                try await store.repository.updateSession(id, Self.changes)
            },
            await failure { () throws(SessionRepositoryError) in
                try await store.repository.elevateSession(id, to: "aal2", methods: [], for: .seconds(60))
            },
        ]
        for error in errors {
            guard case .corruptRecord(key: key, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try await store.snapshot() == before)
    }

    @Test(
        "Assurance that cannot be read is an error of whoever asks for it, never a lower or a higher level",
        arguments: ["", "x", "1", "1 ", " 1 aal2", "1.5 aal2", "-1 aal2", "1  aal2", "99999999999999999999 aal2"])
    func unreadable(_ elevated: String) async throws {
        try await withStore(configure: { $0.authorizeAssurance = true }) { store in
            let session = try await created(in: store)
            let key = store.keys.session(session.id)
            try await store.redis.send("HSET", key, "elevated", elevated)
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.authorize(session.id)
            }
            guard case .corruptRecord(key: key, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            // A new elevation replaces it.
            #expect(
                try await store.repository.elevateSession(session.id, to: "aal2", methods: [], for: .seconds(60))
                    != .notActive)
            #expect(try await store.repository.authorize(session.id).session?.level == "aal2")
        }
    }

    @Test("A near cache forgets what its process changes, hears of what others change, and ends an elevation in time")
    func nearCache() async throws {
        let configure: (inout RedisSessionRepositoryConfiguration) -> Void = {
            $0.nearCache = .patient
            $0.authorizeAttributes = ["theme"]
            $0.authorizeAssurance = true
        }
        try await withPrivateStore(configure: configure) { store, server in
            let repository = store.repository
            let session = try await created(in: store)
            try await store.remember(session)
            #expect(try await repository.updateSession(session.id, Self.changes) != .notActive)
            #expect(try await repository.authorize(session.id).session?.attributes == ["theme": "dark"])
            try await store.remember(session)
            _ = try await repository.elevateSession(session.id, to: "aal2", methods: [], for: .seconds(1))
            let hits = store.statistics.hits
            try await eventually("the elevation ends in memory too") {
                try await repository.authorize(session.id).session?.level == nil
            }
            #expect(store.statistics.hits > hits)
            try await store.elsewhere(server.url) { other in
                _ = try await other.updateSession(session.id, SessionChanges(attributes: ["theme": "light"]))
            }
            try await eventually("the change is heard of") {
                try await repository.authorize(session.id).session?.attributes == ["theme": "light"]
            }
        }
    }

    @Test("A full server takes no change, but one that makes room first")
    func fullServer() async throws {
        try await withPrivateStore { store, _ in
            let session = try await created(in: store)
            try await store.redis.send("CONFIG", "SET", "maxmemory", "1")
            let before = try await store.snapshot()
            await #expect(throws: SessionRepositoryError.storeFull) {
                try await store.repository.updateSession(session.id, SessionChanges(attributes: ["theme": "dark"]))
            }
            await #expect(throws: SessionRepositoryError.storeFull) {
                try await store.repository.elevateSession(session.id, to: "aal2", methods: [], for: .seconds(60))
            }
            #expect(try await store.snapshot() == before)
            #expect(try await store.repository.updateSession(session.id, Self.changes) != .notActive)
            #expect(try await store.repository.findSession(session.id)?.attributes == ["theme": "dark"])
            try await store.redis.send("CONFIG", "SET", "maxmemory", "0")
        }
    }
}

import Testing

@testable import SessionRepository

/// What COPY or RENAME by hand, or a program that mixes keys up, leaves behind.
@Suite("A session's record under another session's key")
struct ForeignRecordTests {
    enum Mishap: String, CaseIterable, Sendable {
        case copy = "COPY"
        case rename = "RENAME"

        /// The key of `other` holds the record of `source` afterwards.
        func happen(to source: Session, over other: Session, in store: Store) async throws {
            let (from, to) = (store.keys.session(source.id), store.keys.session(other.id))
            try await store.redis.send([rawValue, from, to] + (self == .copy ? ["REPLACE"] : []))
        }
    }

    private func expectCorrupt<Value>(
        _ key: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async {
        guard case .corruptRecord(key: key, let problem) = await failure(sourceLocation: sourceLocation, of: body)
        else {
            Issue.record("another error, or another key", sourceLocation: sourceLocation)
            return
        }
        #expect(problem.hasPrefix("id is "), sourceLocation: sourceLocation)
    }

    @Test(
        "is an error that names the key and the field: from authorize, find and list",
        arguments: Mishap.allCases, [false, true])
    func refused(_ mishap: Mishap, nearCache: Bool) async throws {
        try await withStore(
            configure: { $0.nearCache = nearCache ? .patient : nil }, checkingAfterwards: false
        ) { store in
            let user = try store.user()
            let sessions = try await store.create(2, for: user)
            // The near cache has an answer of its own until it hears of the change.
            for session in sessions { _ = try await store.repository.authorize(session.id) }
            try await mishap.happen(to: sessions[0], over: sessions[1], in: store)
            let (id, key) = (sessions[1].id, store.keys.session(sessions[1].id))
            try await eventually("the near cache has heard of it") {
                do {
                    let answer = try await store.repository.authorize(id)
                    #expect(answer.session?.id == id)
                    return false
                } catch {
                    return true
                }
            }
            for _ in 0..<3 {
                await expectCorrupt(key) { () throws(SessionRepositoryError) in
                    try await store.repository.authorize(id)
                }
            }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findSession(id)
            }
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.findActiveSessionsByUser(user)
            }
            // It can be ended all the same.
            #expect(try await store.repository.terminateSession(id) == .terminated)
            await expectCorrupt(key) { () throws(SessionRepositoryError) in
                try await store.repository.authorize(id)
            }
        }
    }

    @Test("of another user is not listed as one of this user's")
    func otherUser() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let user = try store.user()
            let session = try await store.create(for: user)
            let key = store.keys.session(session.id)
            try await store.redis.send("HSET", key, "user", "somebody else")
            guard
                case .corruptRecord(key: key, let problem) = await failure(of: { () throws(SessionRepositoryError) in
                    try await store.repository.findActiveSessionsByUser(user)
                })
            else {
                Issue.record("another error, or another key")
                return
            }
            #expect(problem.hasPrefix("user is "))
            #expect(!problem.contains("somebody else"))
        }
    }

    @Test("is not refused with the other session's reason", arguments: [false, true])
    func terminated(nearCache: Bool) async throws {
        try await withStore(
            configure: { $0.nearCache = nearCache ? .patient : nil }, checkingAfterwards: false
        ) { store in
            let sessions = try await store.create(2, for: try store.user())
            _ = try await store.repository.terminateSession(
                sessions[0].id, ownedBy: nil, by: "admin", reason: "stolen device")
            try await Mishap.rename.happen(to: sessions[0], over: sessions[1], in: store)
            await expectCorrupt(store.keys.session(sessions[1].id)) { () throws(SessionRepositoryError) in
                try await store.repository.authorize(sessions[1].id)
            }
        }
    }
}

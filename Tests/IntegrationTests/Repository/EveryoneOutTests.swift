import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Ending every session of a store")
struct EveryoneOutTests {
    @Test("Everyone's sessions end with whom and why; progress ends at one and counts them")
    func everyone() async throws {
        try await withStore { store in
            let users = try (0..<40).map { try store.user("user \($0)") }
            let sessions = try await inParallel(80) { try await store.create(for: users[$0 % 40]) }
            var last: EveryoneOutProgress?
            let count = try await store.repository.terminateAllSessions(
                by: "root", reason: "breach", operationID: OperationID()
            ) { progress in
                #expect(progress.fraction >= last?.fraction ?? 0)
                last = progress
            }
            #expect(count == 80)
            #expect(last?.terminated == 80)
            #expect(last?.fraction == 1)
            for session in sessions {
                let termination = try await store.repository.authorize(session.id).termination
                #expect(termination?.by == "root")
                #expect(termination?.reason == "breach")
                #expect(try await store.repository.isRefreshTokenChainInvalidated(session.id))
            }
        }
    }

    @Test("Continued under its ID it ends what is left of before, and spares the logins since")
    func continued() async throws {
        try await withStore { store in
            let user = try store.user()
            let operation = OperationID()
            // A process that died after its first step.
            let key = store.keys.everyone(beside: HashTag(owner: user.text))
            let call = store.repository.raisingEveryone(key, to: 17, by: operation, isRepeated: false)
            let old = try await store.create(for: user)
            _ = try await store.redis.run(call) { RedisValue($0) }
            let new = try await store.create(for: user)
            let count = try await store.repository.terminateAllSessions(
                by: nil, reason: nil, operationID: operation
            ) { _ in }
            #expect(count == 1)
            #expect(try await store.repository.findActiveSessionsByUser(user).map(\.id) == [new.id])
            #expect(try await store.repository.authorize(old.id).termination != nil)
        }
    }

    @Test("While others log in and out, none of those from before is left")
    func underLoad() async throws {
        try await withStore { store in
            let users = try (0..<20).map { try store.user("user \($0)") }
            let old = try await inParallel(100) { try await store.create(for: users[$0 % 20]) }
            let isOver = Flag()
            async let others: [Void] = inParallel(4) { number in
                while !isOver.isRaised {
                    let session = try await store.create(for: users[number])
                    _ = try await store.repository.terminateSession(session.id)
                }
            }
            _ = try await store.repository.terminateAllSessions()
            for session in old { #expect(try await store.repository.authorize(session.id).session == nil) }
            isOver.raise()
            _ = try await others
        }
    }

    @Test("A user whose index is lost or damaged is not spared")
    func damagedIndexes() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let sessions = try await inParallel(9) { try await store.create(for: try store.user("user \($0)")) }
            for session in sessions[3..<6] { try await store.redis.send("DEL", store.keys.userIndex(session.userID)) }
            for session in sessions[6...] { try await store.makeString(store.keys.userIndex(session.userID)) }
            #expect(try await store.repository.terminateAllSessions() == 9)
            for session in sessions { #expect(try await store.repository.authorize(session.id).termination != nil) }
        }
    }

    @Test("A session whose record lies about its age is not spared")
    func datedAhead() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let session = try await store.create(for: try store.user())
            let tomorrow = String(try await store.now() + 86_400_000)
            try await store.redis.send(
                "HSET", store.keys.session(session.id), "created", tomorrow, "authenticated", tomorrow)
            #expect(try await store.repository.terminateAllSessions() == 1)
            #expect(try await store.repository.authorize(session.id).termination != nil)
        }
    }

    @Test("A record that is none is reported when all others have ended")
    func damagedRecord() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let session = try await store.create(for: try store.user())
            let bad = store.keys.session(SessionID(for: try store.user("bad")))
            try await store.makeString(bad)
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.terminateAllSessions()
            }
            #expect(error == .corruptRecord(key: bad, problem: "it has the wrong type"))
            #expect(try await store.repository.authorize(session.id).termination != nil)
        }
    }

    @Test("How far a walk has come is read from Redis' cursor")
    func fraction() {
        let fractions = ["4", "2", "6", "1", "5", "3", "7", "0"].map(RedisSessionRepository.fraction(walkedAt:))
        #expect(fractions == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1])
    }
}

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

    @Test("A login that authenticated before is refused afterwards, one that did after is not")
    func logins() async throws {
        try await withStore { store in
            let user = try store.user()
            let before = try await store.repository.currentTime()
            _ = try await store.repository.terminateAllSessions()
            var new = store.session(for: user)
            new.authenticatedAt = before
            let error = await failure { () throws(SessionRepositoryError) in
                try await store.repository.createSession(new)
            }
            #expect(error?.code == "loginSuperseded")
            #expect(try await store.repository.findActiveSessionsByUser(user).isEmpty)
            try await store.nextMillisecond()
            new = store.session(for: user)
            new.authenticatedAt = try await store.repository.currentTime()
            let session = try await store.repository.createSession(new).session
            #expect(try await store.repository.authorize(session.id).session != nil)
        }
    }

    @Test("Continued under its ID it ends what is left of before, and spares the logins since")
    func continued() async throws {
        try await withStore { store in
            let user = try store.user()
            let operation = OperationID()
            // A process that died after its first step.
            let call = ScriptCall(
                Scripts.beginEveryoneOut, keys: [store.keys.everyone],
                arguments: [operation.description, "3600000", ""])
            let old = try await store.create(for: user)
            _ = try await store.redis.run(call) { RedisValue($0) }
            try await store.nextMillisecond()
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

    @Test("A user whose index is damaged is reported, and keeps nobody else in")
    func damaged() async throws {
        try await withStore(checkingAfterwards: false) { store in
            let session = try await store.create(for: try store.user())
            let bad = store.keys.userIndex(try store.user("bad"))
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

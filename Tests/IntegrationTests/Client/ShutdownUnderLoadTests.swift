import Logging
import RedisClient
import ServiceLifecycle
import Synchronization
import Testing

@testable import SessionRepository

@Suite("Shutting down under load")
struct ShutdownUnderLoadTests {
    /// What the callers were told.
    private final class Told: Sendable {
        private let outcomes = Mutex<[String: Int]>([:])

        func note(_ outcome: String) { outcomes.withLock { $0[outcome, default: 0] += 1 } }

        subscript(outcome: String) -> Int { outcomes.withLock { $0[outcome, default: 0] } }

        var words: Set<String> { outcomes.withLock { Set($0.keys) } }
    }

    /// One operation of many kinds.
    private static func work(
        _ number: Int, _ repository: RedisSessionRepository, _ session: Session
    ) async throws(SessionRepositoryError) {
        switch number % 5 {
        case 0: _ = try await repository.createSession(NewSession(userID: session.userID, ticket: .none))
        case 1: _ = try await repository.touch(session.id)
        case 2: _ = try await repository.findActiveSessionsByUser(session.userID, limit: 10, after: nil)
        case 3: _ = try await repository.terminateSession(SessionID(for: session.userID))
        default: _ = try await repository.authorize(session.id)
        }
    }

    /// Works until it is told that there is no more.
    private static func keepWorking(
        _ number: Int, _ repository: RedisSessionRepository, _ session: Session, _ told: Told
    ) async {
        var number = number
        while true {
            do throws(SessionRepositoryError) {
                try await work(number, repository, session)
                told.note("done")
            } catch {
                told.note(error.code)
                if error == .shutDown { return }
            }
            number += 1
        }
    }

    @Test("What runs ends with a result, what is new is refused, and nobody waits for ever", arguments: [false, true])
    func load(withNearCache: Bool) async throws {
        try await withStore(configure: { $0.nearCache = withNearCache ? .patient : nil }) { store in
            let session = try await store.create(for: try store.user())
            let told = Told()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask { await Self.keepWorking(number, store.repository, session, told) }
                }
                // An issue, not an endless test, when nothing gets done.
                try? await eventually("they are at work") { told["done"] >= 640 }
                await store.repository.shutdown()
                // Every task is told: the group ends.
            }
            #expect(told[SessionRepositoryError.shutDown.code] == 64)
            // On a machine too busy for the two seconds of the drain the caller is told so.
            #expect(told.words.isSubset(of: ["done", "shutDown", "timedOut"]))
        }
    }

    @Test("With a server that does not answer, everybody is told when the time for draining is over")
    func drainTime() async throws {
        let server = try FakeServer(.staysSilent)
        defer { server.stop() }
        try await withRepository(
            at: try RedisServer(unixSocketPath: server.path),
            configure: {
                $0.commandTimeout = .seconds(600)
                $0.connectTimeout = .seconds(600)
            }
        ) { repository in
            let session = try unknownSession()
            async let waiting = outcomes(64) { _ throws(SessionRepositoryError) in
                try await repository.authorize(session)
            }
            try await eventually("they wait") { repository.client.queueDepth == 64 }
            let took = await ContinuousClock().measure { await repository.shutdown() }
            let results = await waiting
            #expect(results.compactMap(\.error) == Array(repeating: .shutDown, count: 64))
            // Two seconds, and what a busy machine takes; not the ten minutes that each would wait.
            #expect(took >= .seconds(2) && took < .seconds(60))
        }
    }

    /// What a server does all day.
    private struct Worker: Service {
        let repository: RedisSessionRepository
        let session: Session
        let told: Told

        func run() async throws {
            await withGracefulShutdownHandler {
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<16 { group.addTask { await work(from: number) } }
                }
            } onGracefulShutdown: {
                told.note("stopping")
            }
        }

        private func work(from first: Int) async {
            var number = first
            while told["stopping"] == 0 {
                do throws(SessionRepositoryError) {
                    try await ShutdownUnderLoadTests.work(number, repository, session)
                    told.note("done")
                } catch {
                    told.note(error.code)
                }
                number += 1
            }
        }
    }

    @Test("In a service group, a service that uses it ends first and is never refused")
    func serviceGroup() async throws {
        try await withStore(configure: { $0.nearCache = .patient }) { store in
            let session = try await store.create(for: try store.user())
            let told = Told()
            let worker = Worker(repository: store.repository, session: session, told: told)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: [.init(service: store.repository), .init(service: worker)], logger: .quiet))
            let run = Task { try await group.run() }
            try await eventually("the service is at work") { told["done"] >= 160 }
            await group.triggerGracefulShutdown()
            try await run.value
            #expect(told.words == ["done", "stopping"])
            await #expect(throws: SessionRepositoryError.shutDown) {
                try await store.repository.authorize(session.id)
            }
        }
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A server that stops answering")
    struct SilentServerTests {
        @Test("Every call returns by its deadline, and it works again by itself when the server does")
        func deadline() async throws {
            try await withPrivateStore { store, server in
                let session = try await self.warmUp(store)
                try await withImpatience(.milliseconds(300), with: store) { hasty in
                    func works() async -> Bool { (try? await hasty.authorize(session.id)) == .active(session) }
                    try await eventually("it has a connection") { await works() }
                    server.signal(SIGSTOP)
                    let results = await outcomes(64) { number throws(SessionRepositoryError) in
                        switch number % 3 {
                        case 0: _ = try await hasty.authorize(session.id)
                        case 1: _ = try await hasty.touch(session.id)
                        default: _ = try await hasty.findActiveSessionsByUser(session.userID)
                        }
                    }
                    for result in results { expectNoAnswer(result.error) }
                    // Also when the connection has been given up, and the next one is accepted by a silent server.
                    for _ in 0..<8 {
                        expectNoAnswer(
                            await failure { () throws(SessionRepositoryError) in try await hasty.authorize(session.id) }
                        )
                    }
                    server.signal(SIGCONT)
                    try await eventually("it works again") { await works() }
                }
            }
        }

        @Test("A pause shorter than the deadline is only a delay")
        func pause() async throws {
            try await withPrivateStore { store, server in
                let session = try await self.warmUp(store)
                server.signal(SIGSTOP)
                async let results = inParallel(16) { _ in try await store.repository.authorize(session.id) }
                server.signal(SIGCONT)
                #expect(try await results == Array(repeating: .active(session), count: 16))
            }
        }

        @Test("A cancelled call returns at once, and later replies go to the right callers")
        func cancellation() async throws {
            try await withPrivateStore(configure: { $0.commandTimeout = .seconds(120) }) { store, server in
                let sessions = try await store.create(64, for: try store.user())
                _ = try await store.repository.authorize(sessions[0].id)
                server.signal(SIGSTOP)
                let calls = sessions.map { session in
                    Task { () -> Result<Authorization, SessionRepositoryError> in
                        do throws(SessionRepositoryError) {
                            return .success(try await store.repository.authorize(session.id))
                        } catch {
                            return .failure(error)
                        }
                    }
                }
                for number in stride(from: 0, to: 64, by: 2) { calls[number].cancel() }
                // The server is still stopped: nothing but the cancellation can answer these.
                for number in stride(from: 0, to: 64, by: 2) {
                    #expect(await calls[number].value == .failure(.cancelled))
                }
                server.signal(SIGCONT)
                for number in stride(from: 1, to: 64, by: 2) {
                    #expect(await calls[number].value == .success(.active(sessions[number])))
                }
                for session in sessions {
                    #expect(try await store.repository.authorize(session.id) == .active(session))
                }
            }
        }

        @Test("A task that is already cancelled is told so, and nothing hangs")
        func alreadyCancelled() async throws {
            try await withPrivateStore { store, server in
                let session = try await self.warmUp(store)
                server.signal(SIGSTOP)
                let call = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return await failure { () throws(SessionRepositoryError) in
                        try await store.repository.authorize(session.id)
                    }
                }
                call.cancel()
                #expect(await call.value == .cancelled)
                server.signal(SIGCONT)
                #expect(try await store.repository.authorize(session.id) == .active(session))
            }
        }

        @Test("With the queue full a further call is refused at once, and the accepted ones are answered")
        func overloaded() async throws {
            try await withPrivateStore(
                configure: {
                    $0.commandTimeout = .seconds(120)
                    $0.maximumQueuedCommands = 10
                }
            ) { store, server in
                let session = try await self.warmUp(store)
                server.signal(SIGSTOP)
                let calls = (0..<30).map { _ in
                    Task { () -> SessionRepositoryError? in
                        do throws(SessionRepositoryError) {
                            _ = try await store.repository.authorize(session.id)
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                // Ten wait; the others do not, although the server is still stopped.
                let refused = try await self.first(20, of: calls)
                #expect(refused == Array(repeating: .overloaded, count: 20))
                server.signal(SIGCONT)
                var answered = 0
                for call in calls where await call.value == nil { answered += 1 }
                // The call that warmed up may have held its place for a moment longer.
                #expect(answered == 10 || answered == 9)
                // A place is free a moment after its call was answered.
                try await eventually("there is room again") {
                    do throws(SessionRepositoryError) {
                        return try await store.repository.authorize(session.id) == .active(session)
                    } catch .overloaded {
                        return false
                    }
                }
            }
        }

        @Test("Cancelled calls keep their place in the queue until the server has answered them")
        func cancelledStillCount() async throws {
            try await withPrivateStore(
                configure: {
                    $0.commandTimeout = .seconds(120)
                    $0.maximumQueuedCommands = 4
                }
            ) { store, server in
                let session = try await self.warmUp(store)
                server.signal(SIGSTOP)
                let calls = (0..<4).map { _ in Task { try? await store.repository.authorize(session.id) } }
                try await eventually("the queue is full") { await self.isOverloaded(store, session.id) }
                for call in calls { call.cancel() }
                for call in calls { #expect(await call.value == nil) }
                server.signal(SIGCONT)
                try await eventually("there is room again") {
                    (try? await store.repository.authorize(session.id)) == .active(session)
                }
            }
        }

        /// Fills the queue by one or finds it full. What it adds is cancelled.
        private func isOverloaded(_ store: Store, _ id: SessionID) async -> Bool {
            let call = Task {
                await failure { () throws(SessionRepositoryError) in try await store.repository.authorize(id) }
            }
            call.cancel()
            return await call.value == .overloaded
        }

        /// The results of whichever `count` tasks end first.
        private func first<Value: Sendable>(
            _ count: Int, of tasks: [Task<Value, Never>]
        ) async throws -> [Value] {
            let (stream, ends) = AsyncStream.makeStream(of: Value.self)
            for task in tasks { Task { ends.yield(await task.value) } }
            var values: [Value] = []
            for await value in stream {
                values.append(value)
                if values.count == count { break }
            }
            return values
        }

        private func warmUp(_ store: Store) async throws -> Session {
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.touch(session.id) == .recent)
            #expect(try await store.repository.authorize(session.id) == .active(session))
            #expect(try await store.repository.findActiveSessionsByUser(session.userID) == [session])
            return session
        }

        private func expectNoAnswer(
            _ error: SessionRepositoryError?, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            if case .storeUnavailable = error { return }
            #expect(error == .timedOut, sourceLocation: sourceLocation)
        }
    }
}

import Foundation
import Logging
import RedisClient
import ServiceLifecycle
import Testing

@testable import SessionRepository

@Suite("Shutting down")
struct ShutdownTests {
    @Test("What is under way is answered, what comes later is refused, and twice is as good as once")
    func drains() async throws {
        try await withStore { store in
            let session = try await store.create(for: try store.user())
            async let running = outcomes(200) { _ throws(SessionRepositoryError) in
                try await store.repository.authorize(session.id)
            }
            async let first: Void = store.repository.shutdown()
            async let second: Void = store.repository.shutdown()
            _ = await (first, second)
            for result in await running {
                #expect(result == .success(.active(session)) || result == .failure(.shutDown))
            }
            await store.repository.shutdown()
            await #expect(throws: SessionRepositoryError.shutDown) {
                try await store.repository.authorize(session.id)
            }
            await #expect(throws: SessionRepositoryError.shutDown) {
                try await store.repository.terminateSession(session.id)
            }
        }
    }

    @Test("What was sent before it began is answered")
    func answersWhatWasSent() async throws {
        try await withStore { store in
            // The server holds the reply back until somebody pushes.
            let key = "\(store.prefix):list"
            let client = try RedisClient.raw(try await SharedServer.url())
            let reply = Task { try await client.send("BLPOP", key, "20") }
            try await eventually("the client waits") {
                try await store.redis.send("CLIENT", "LIST").string?.contains("cmd=blpop") == true
            }
            async let closed: Void = client.shutdown()
            try await store.redis.send("RPUSH", key, "last word")
            await closed
            // Within the two seconds of the drain; on a machine too busy for that the caller is told.
            switch await reply.result {
            case .success(let value): #expect(value.strings == [key, "last word"])
            case .failure(let error): #expect(error as? RedisError == .outcomeUnknown)
            }
            try await store.redis.send("DEL", key)
        }
    }

    @Test("A repository that was never used shuts down")
    func unused() async throws {
        try await withStore { store in await store.repository.shutdown() }
    }

    @Test("As a service it works until the group shuts down gracefully, and the group then ends")
    func service() async throws {
        try await withStore { store in
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: [.init(service: store.repository)], logger: .quiet))
            let run = Task { try await group.run() }
            let session = try await store.create(for: try store.user())
            #expect(try await store.repository.authorize(session.id) == .active(session))
            await group.triggerGracefulShutdown()
            try await run.value
            await #expect(throws: SessionRepositoryError.shutDown) {
                try await store.repository.authorize(session.id)
            }
        }
    }

    @Test("As a service whose task is cancelled it shuts down")
    func cancelledService() async throws {
        try await withStore { store in
            let run = Task { try await store.repository.run() }
            run.cancel()
            _ = await run.result
            await #expect(throws: SessionRepositoryError.shutDown) {
                try await store.repository.currentTime()
            }
        }
    }

    @Test("A repository that is merely dropped closes its connection")
    func dropped() async throws {
        try await withStore { store in
            let name = "dropped-\(OperationID())"
            try await self.useAndDrop(name: name, near: store)
            try await eventually("the connection is closed") {
                try await store.redis.send("CLIENT", "LIST").string?.contains("name=\(name) ") == false
            }
        }
    }

    private func useAndDrop(name: String, near store: Store) async throws {
        var configuration = RedisSessionRepositoryConfiguration(server: try await RedisServer(url: SharedServer.url()))
        configuration.clientName = name
        configuration.commandTimeout = .seconds(20)
        let repository = try RedisSessionRepository(configuration: configuration, logger: .quiet)
        _ = try await repository.currentTime()
        #expect(try await store.redis.send("CLIENT", "LIST").string?.contains("name=\(name) ") == true)
    }
}

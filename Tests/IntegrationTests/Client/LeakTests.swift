#if os(Linux)
import Foundation
import Logging
import Testing

@testable import SessionRepository

@Suite("Threads and file descriptors")
struct LeakTests {
    @Test("Fifty repositories leave no thread, pipe or connection behind, shut down or dropped")
    func rounds() async throws {
        try await withStore { store in
            let name = "leak-\(OperationID())"
            // The store's own threads stay; a thread that answered has its name and is counted in `before`.
            _ = try await store.redis.send("PING")
            _ = try await store.repository.currentTime()
            let before = Self.loopThreads().union(Self.pipes())
            var seen: Set<String> = []
            for round in 0..<50 {
                try await self.use(name, shutDown: round % 2 == 0) {
                    seen.formUnion(Self.loopThreads())
                    seen.formUnion(Self.pipes())
                }
            }
            // Other tests run meanwhile, and theirs are among these: they too end.
            seen.subtract(before)
            #expect(seen.count >= 100)
            try await eventually("every thread ends", within: .seconds(600)) {
                Self.loopThreads().isDisjoint(with: seen)
            }
            try await eventually("every pipe is closed", within: .seconds(600)) {
                Self.pipes().isDisjoint(with: seen)
            }
            try await eventually("every connection is closed") {
                try await store.redis.send("CLIENT", "LIST").string?.contains("name=\(name) ") == false
            }
        }
    }

    private func use(_ name: String, shutDown: Bool, whileOpen look: () -> Void) async throws {
        var configuration = RedisSessionRepositoryConfiguration(server: try await RedisServer(url: SharedServer.url()))
        configuration.commandTimeout = .seconds(20)
        configuration.clientName = name
        let repository = try RedisSessionRepository(configuration: configuration, logger: .quiet)
        _ = try await repository.currentTime()
        look()
        if shutDown { await repository.shutdown() }
    }

    /// The IDs of the threads that drive connections.
    private static func loopThreads() -> Set<String> {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return Set(
            tasks.filter {
                let name = try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)
                return name == "redis-loop\n"
            })
    }

    /// Open pipes by inode, which is not used again as a descriptor's number is.
    private static func pipes() -> Set<String> {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let targets = numbers.compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        return Set(targets.filter { $0.hasPrefix("pipe:") })
    }
}
#endif

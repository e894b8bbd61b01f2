import EmbeddedRedis
import Foundation
import RedisClient
import SessionRepository
import Testing

extension FaultTests {
    @Suite("The near cache of another process", .timeLimit(.minutes(2)))
    struct TwoProcessesTests {
        @Test("on a network that went silent lets nobody in for longer than the bound", arguments: [500, 2000])
        func silence(milliseconds: Int) async throws {
            try await withPrivateServer { server in
                let proxy = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
                let probe = try probe(url: "redis://127.0.0.1:\(proxy.port)", maximumStaleness: milliseconds)
                try await withStore(url: server.url, configure: { $0.keyPrefix = "two" }) { store in
                    let session = try await store.create(for: try store.user())
                    #expect(try await probe.ask(session.id.description) == "ready")
                    await proxy.apply(.both(.swallow))
                    let silent = MonotonicTime.now()
                    _ = try await store.repository.terminateSession(session.id)
                    let times = try #require(await probe.answer()).split(separator: " ").compactMap { Int64($0) }
                    let asked = MonotonicTime(nanoseconds: try #require(times.first))
                    // What was let in was asked before that, and one question is asked every fraction of a millisecond.
                    #expect(asked.duration(since: silent) < .milliseconds(milliseconds) + .seconds(1))
                }
                await probe.end()
                await proxy.stop()
            }
        }

        @Test("refuses what this one has ended, as soon as it hears of it")
        func revocation() async throws {
            try await withPrivateServer { server in
                let probe = try probe(url: server.url, maximumStaleness: 60_000)
                try await withStore(url: server.url, configure: { $0.keyPrefix = "two" }) { store in
                    for _ in 0..<5 {
                        let session = try await store.create(for: try store.user())
                        #expect(try await probe.ask(session.id.description) == "ready")
                        _ = try await store.repository.terminateSession(session.id)
                        // Long before the bound, or the test's time limit would end it.
                        #expect(await probe.answer()?.split(separator: " ").count == 2)
                    }
                }
                await probe.end()
            }
        }
    }
}

/// `sessionctl bench-probe`, which lies beside the tests.
private func probe(url: String, maximumStaleness: Int) throws -> LineProcess {
    let folder = try #require(Bundle.main.executableURL).deletingLastPathComponent()
    return try LineProcess(
        folder.appending(path: "sessionctl"),
        [
            "bench-probe", "--url", url, "--prefix", "two", "--maximum-staleness",
            String(maximumStaleness),
        ])
}

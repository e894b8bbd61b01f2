import Benchmark
import Foundation
import RedisClient
import SessionRepository

// What a lookup spends in this process, a part at a time: without a server, and without the event loop.
let benchmarks: @Sendable () -> Void = {
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .throughput], scalingFactor: .kilo, maxDuration: .seconds(2))

    let user = UserID(stored: "user-42")
    let id = SessionID(for: user)
    let keys = KeySpace(prefix: "sr")

    let text = id.description
    Benchmark("session ID: parse", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try? SessionID(text)) }
    }
    Benchmark("session ID: write", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(id.description) }
    }

    let command = AuthorizeCommand(keys: keys, attributes: [])
    Benchmark("authorize: encode", configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(command.encode(id)) }
    }

    let key = Array(keys.session(id).utf8)
    Benchmark("near cache: read an invalidated key", configuration: configuration) { benchmark in
        key.withUnsafeBytes { key in
            for _ in benchmark.scaledIterations { blackHole(keys.sessionID(ofKey: key)) }
        }
    }

    let stored = StoredSessions(count: 10_000)
    Benchmark("near cache: hit", configuration: configuration) { benchmark in
        for number in benchmark.scaledIterations { blackHole(stored.hit(number)) }
    }
    Benchmark("near cache: miss, answered and stored", configuration: configuration) { benchmark in
        for number in benchmark.scaledIterations { stored.refill(number) }
    }
}

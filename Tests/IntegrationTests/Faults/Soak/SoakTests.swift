import Foundation
import Testing

/// Not one of the tests that always run: `scripts/soak.sh` starts it.
@Suite("Soak")
struct SoakTests {
    private static let minutes = ProcessInfo.processInfo.environment["SESSION_SOAK_MINUTES"].flatMap(Double.init)

    @Test(
        "A mixed load and a random fault every few seconds end with no violation",
        .enabled(if: minutes != nil, "scripts/soak.sh runs it"))
    func soak() async throws {
        let duration = Duration.seconds((Self.minutes ?? 0) * 60)
        let summary =
            switch ProcessInfo.processInfo.environment["SESSION_SOAK_TOPOLOGY"] ?? "standalone" {
            case "standalone": try await Soak<Standalone>(duration: duration).run()
            case "replicated": try await Soak<Replicated>(duration: duration).run()
            case "switched": try await Soak<Switched>(duration: duration).run()
            case "sentinel": try await Soak<Watched>(duration: duration).run()
            case "cluster": try await Soak<Clustered>(duration: duration).run()
            case let other: throw UnknownTopology(name: other)
            }
        print("\n\(summary.text)\n")
        #expect(summary.rounds > 0)
        #expect(summary.violations.isEmpty)
    }

    private struct UnknownTopology: Error {
        let name: String
    }
}

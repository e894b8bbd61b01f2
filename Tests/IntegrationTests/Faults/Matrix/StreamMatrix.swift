import RedisClient
import Testing

@testable import SessionRepository

/// What is measured by the clock, and what groups of servers take long to show: each kind of damage on every topology, and
/// how long a process believes a master that is none any more.
@Suite("The matrix of damaged streams and changed masters", .timeLimit(.minutes(10)))
struct StreamMatrix {
    private static let gate = Gate(2)

    private static let cases = Damage.Kind.allCases.flatMap { kind in
        [1, 2, 16, 64].filter { StreamCase.canHit(kind, tasks: $0) }.flatMap { tasks in
            StreamWork.allCases.flatMap { work in
                [false, true].flatMap { hasNearCache in
                    [false, true].map {
                        StreamCase(kind: kind, tasks: tasks, work: work, hasNearCache: hasNearCache, isRepeated: $0)
                    }
                }
            }
        }
    }

    @Test("One server: no answer is wrong, and all are right again within the deadline and a second", arguments: cases)
    func standalone(_ scene: StreamCase) async throws {
        try await Self.gate.pass {
            let report = try await scene.play()
            report.expectNothingWrong()
            #expect(report.recovery < StreamCase.commandTimeout + .seconds(1))
        }
    }

    @Test(
        "Sentinel and Redis Cluster: no answer is wrong, and all are right again within the deadline and a second",
        arguments: StreamFleet.cases)
    func fleets(_ scene: StreamFleet.Case) async throws {
        try await Self.gate.pass {
            let report = try await scene.fleet.play(scene.scene, scene.connections)
            report.expectNothingWrong()
            #expect(report.recovery < StreamCase.commandTimeout + .seconds(1))
        }
    }

    @Test(
        "A process that only reads believes a former master for no more than three seconds",
        arguments: MasterChange.allCases, [false, true])
    func freshness(_ change: MasterChange, hasNearCache: Bool) async throws {
        try await Self.gate.pass {
            var scene = FreshnessScene(change: change, hasNearCache: hasNearCache)
            scene.stopsWhenRefused = false
            let report = try await scene.play()
            print("\(change), near cache \(hasNearCache): last active \(report.lastActive) after the change")
            #expect(report.lastActive < .seconds(3))
            #expect(report.otherErrors == [])
            #expect(change.leadsToSuccessor ? report.isTerminated : report.isUnavailable)
        }
    }
}

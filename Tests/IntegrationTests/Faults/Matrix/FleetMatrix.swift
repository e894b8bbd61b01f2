import Testing

@testable import SessionRepository

/// Every fault of several servers, under all operations at once: fleets are too dear to be crossed with each operation.
@Suite("The fault matrix of fleets", .nothingLeaks, .timeLimit(.minutes(10)))
struct FleetMatrix {
    private static let gate = Gate(2)
    private static let workers = Array(
        repeating: LoadOperation.allCases.filter { $0 != .terminateAllSessions }, count: 12)

    @Test(
        "A master that Sentinels watch: each call returns in time, nothing comes back, and the client recovers",
        arguments: WatchedFault.chosen)
    func watched(_ fault: WatchedFault) async throws {
        try await Self.gate.pass { try await FaultCell<Watched>(fault: fault, workers: Self.workers).play() }
    }

    @Test(
        "One address, two servers that change places: each call returns in time, and nothing comes back",
        arguments: SwitchFault.chosen)
    func switched(_ fault: SwitchFault) async throws {
        try await Self.gate.pass { try await FaultCell<Switched>(fault: fault, workers: Self.workers).play() }
    }

    @Test(
        "Redis Cluster: each call returns in time, nothing comes back, and the client recovers",
        arguments: ClusteredFault.chosen)
    func clustered(_ fault: ClusteredFault) async throws {
        try await Self.gate.pass { try await FaultCell<Clustered>(fault: fault, workers: Self.workers).play() }
    }
}

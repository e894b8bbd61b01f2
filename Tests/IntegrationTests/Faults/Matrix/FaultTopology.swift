@testable import SessionRepository

/// An arrangement of servers that faults can be done to. A new one brings its own faults; the rounds, the load and the
/// judgement stay the same.
protocol FaultTopology: Sendable {
    associatedtype Fault: FaultKind

    static func start() async throws -> Self

    /// Where the repository connects.
    var server: RedisServer { get throws }

    /// Makes it happen. Called again and again, until it is healed, where the fault is one that strikes repeatedly.
    func inject(_ fault: Fault) async throws

    /// Ends it. Returns when the servers are well again, whether or not the client knows.
    func heal(_ fault: Fault) async throws

    /// What is left behind by the repository once it has been shut down; empty when nothing is.
    func remains() async throws -> String

    func stop() async
}

/// A fault of one topology. Its raw value is its name.
protocol FaultKind: CaseIterable, Hashable, RawRepresentable, Sendable where RawValue == String {
    var effects: FaultEffects { get }
}

/// What a fault does besides disturbing.
struct FaultEffects: Sendable {
    /// How long it lasts at least.
    var duration: Duration = .milliseconds(450)
    /// Whether it strikes again and again meanwhile.
    var isRepeated = false
    /// What it takes away.
    var loss: History.Entry.Loss?
    /// Whether replies are missing, in surplus or exchanged: answers are right all the same, or errors.
    var damagesStream = false
    /// Whether answers that come meanwhile may be damaged.
    var isUntrusted = false
    /// Whether nothing can be added meanwhile, while what takes away must work.
    var fillsTheStore = false
}

extension FaultEffects {
    /// How calls may end meanwhile.
    var expectedCodes: Set<String> {
        var codes: Set = [
            "ok", "storeUnavailable", "timedOut", "cancelled",
            // After half of the short timeouts here, as on a slow link or a machine that has much else to do.
            "overloaded",
            // Answers, not failures: the session or grant that was picked had ended.
            "sessionAlreadyEnded", "supportAccessEnded",
        ]
        if fillsTheStore { codes.insert("storeFull") }
        if damagesStream { codes.insert("protocolFailure") }
        if isUntrusted { codes.formUnion(["corruptRecord", "storeRefused", "identifierTaken", "protocolFailure"]) }
        return codes
    }
}

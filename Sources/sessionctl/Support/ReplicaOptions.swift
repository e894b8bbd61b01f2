import ArgumentParser
import SessionRepository

/// How far a revocation is to be before the tool says that it is done. The tool ends right after it and remembers
/// nothing: where a failover must not undo it, replicas are the only ones who do.
struct ReplicaOptions: ParsableArguments {
    @Option(help: "Wait until so many replicas have it too, and say how many do.")
    var replicas: Int?
    @Option(help: "How long to wait for them, such as 500ms. Default: 1s.")
    var within: String?
}

extension ReplicaOptions {
    func durability() throws -> Durability {
        let timeout = try within.map { try DurationText.duration($0, field: "--within") }
        guard let replicas else {
            guard timeout == nil else {
                throw SessionRepositoryError.invalidInput(field: "--within", problem: "it needs --replicas")
            }
            return .acknowledged
        }
        return .replicated(count: replicas, timeout: timeout ?? .seconds(1))
    }

    /// How many have it, where that was asked.
    func reached(_ confirmed: Confirmed<some Sendable>) -> Int? {
        replicas == nil ? nil : confirmed.replicas
    }

    func text(_ confirmed: Confirmed<some Sendable>) -> String {
        guard let wanted = replicas else { return "" }
        let count = confirmed.replicas
        return ", known to be on \(count) of \(wanted) replica\(wanted == 1 ? "" : "s")"
    }
}

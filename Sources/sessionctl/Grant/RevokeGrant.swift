import ArgumentParser
import SessionRepository

struct RevokeGrant: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a grant at once, and with it every session opened under it.")

    @Argument(help: "The grant's ID.")
    var grant: String
    @Option(help: "Who revokes it.")
    var by: String?
    @OptionGroup var durability: ReplicaOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> SupportAccessGrantID { try SupportAccessGrantID(grant) }

    func answer(_ id: SupportAccessGrantID, from repository: RedisSessionRepository) async throws -> Answer {
        let confirmed = try await repository.revokeSupportAccessGrant(
            id, by: by, durability: durability.durability())
        let outcome = confirmed.outcome
        let document = OutcomeDocument(outcome: outcome.rawValue, replicas: durability.reached(confirmed))
        return Answer(document: document, isNo: outcome == .unknown) { presentation in
            switch outcome {
            case .revoked: presentation.style.paint("revoked", .good) + durability.text(confirmed)
            case .unknown: presentation.style.paint("unknown", .bad) + ": it has expired, was revoked or never was"
            }
        }
    }
}

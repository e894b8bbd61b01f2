import ArgumentParser
import SessionRepository

struct TerminateAllSessions: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate-all", abstract: "End all sessions of a user, or all but one, in one atomic step.")

    @Argument(help: "The user's ID.")
    var user: String
    @Option(help: "The session to keep.")
    var except: String?
    @Flag(help: "Also end the support-access grants that name the user, as when somebody leaves.")
    var andGrants = false
    @OptionGroup var cause: Cause
    @OptionGroup var durability: ReplicaOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (UserID, kept: SessionID?) {
        (try UserID(user), try except.map { try SessionID($0) })
    }

    func answer(_ request: (UserID, kept: SessionID?), from repository: RedisSessionRepository) async throws -> Answer {
        let confirmed = try await repository.terminateAllSessionsByUser(
            request.0, except: request.kept, by: cause.by, reason: cause.reason, durability: durability.durability())
        let count = confirmed.outcome
        // Last, so that a session that was opened under a grant meanwhile ends with it.
        let grants =
            andGrants
            ? try await repository.revokeSupportAccessGrants(.administrator(request.0), by: cause.by) : nil
        return Answer(document: Document(terminated: count, replicas: durability.reached(confirmed))) { _ in
            "terminated \(count) session\(count == 1 ? "" : "s")" + durability.text(confirmed)
                + (grants.map { ", revoked \($0) grant\($0 == 1 ? "" : "s")" } ?? "")
        }
    }

    private struct Document: Encodable {
        let terminated: Int
        let replicas: Int?
    }
}

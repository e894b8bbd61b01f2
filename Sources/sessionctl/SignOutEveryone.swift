import ArgumentParser
import Foundation
import SessionRepository

struct SignOutEveryone: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out-everyone",
        abstract: "End every session of every user, and refuse the logins that have begun.",
        discussion: """
            Walks the whole store, also for sessions whose index is lost or damaged, and shows its progress on a \
            terminal. An interrupted run is continued with the --operation that it named, and spares the sessions that \
            began since.
            """)

    @Flag(help: "Yes, everyone.")
    var yes = false
    // Its ID may begin with a dash.
    @Option(parsing: .unconditional, help: "Continue an operation that was interrupted.")
    var operation: String?
    @OptionGroup var cause: Cause
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard yes else { throw ValidationError("this logs every user out; say --yes if that is what you want") }
    }

    func request() throws -> OperationID {
        try operation.map { try OperationID($0) } ?? OperationID()
    }

    func answer(_ operation: OperationID, from repository: RedisSessionRepository) async throws -> Answer {
        if !output.json { Output.writeDiagnostic("operation \(operation)") }
        let line = output.json ? nil : ProgressLine.onTerminal()
        let count: Int
        do {
            defer { line?.finish() }
            count = try await repository.terminateAllSessions(
                by: cause.by, reason: cause.reason, operationID: operation
            ) { line?.show($0) }
        }
        return Answer(document: Document(terminated: count, operation: operation.description)) { _ in
            "terminated \(count) session\(count == 1 ? "" : "s")"
        }
    }

    private struct Document: Encodable {
        let terminated: Int
        let operation: String
    }
}

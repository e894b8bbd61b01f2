import ArgumentParser
import SessionRepository

struct Doctor: StoreCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the server's settings for what breaks a promise; exit status 1 if one is broken.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() {}

    func answer(_ request: Void, from repository: RedisSessionRepository) async throws -> Answer {
        let checks = try await repository.checkHealth()
        let isNo = checks.contains { $0.status == .fail }
        return Answer(document: Document(checks: checks.map(Document.Check.init)), isNo: isNo) { presentation in
            let rows = checks.map { [Cell($0.status.rawValue, $0.status.tint), Cell($0.name), Cell($0.detail)] }
            return Table(heading: ["STATUS", "CHECK", "FOUND"], rows: rows).rendered(presentation.style)
        }
    }

    private struct Document: Encodable {
        let checks: [Check]

        struct Check: Encodable {
            let name: String
            let status: String
            let detail: String

            init(_ check: HealthCheck) {
                (name, status, detail) = (check.name, check.status.rawValue, check.detail)
            }
        }
    }
}

extension HealthCheck.Status {
    fileprivate var tint: Tint {
        switch self {
        case .ok: .good
        case .warn: .doubtful
        case .fail: .bad
        }
    }
}

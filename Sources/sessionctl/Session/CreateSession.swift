import ArgumentParser
import SessionRepository

struct CreateSession: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a session.",
        discussion: "With keys in $SESSION_TOKEN_KEYS, also its first refresh token.")

    @Option(help: "Whose session.")
    var user: String
    @OptionGroup var login: TicketOption
    @Option(help: "What the client calls itself.")
    var device: String?
    @Option(help: "The client's address.")
    var ip: String?
    @Option(help: "The client's user agent.")
    var userAgent: String?
    @Option(help: "The longest it lives, such as 30d.")
    var lifetime: String?
    @Option(help: "How long it lives without activity, such as 14d.")
    var idle: String?
    @Option(help: "The support-access grant under which it is opened.")
    var grant: String?
    @Option(help: ArgumentHelp("One of the application's own values; repeatable.", valueName: "name=value"))
    var attribute: [String] = []
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> NewSession {
        NewSession(
            userID: try UserID(user),
            ticket: try login.value(),
            deviceName: device,
            ipAddress: try InputLimits.ipAddress(ip),
            userAgent: userAgent,
            lifetime: try lifetime.map { try DurationText.duration($0, field: "--lifetime") },
            idleTimeout: try idle.map { try DurationText.duration($0, field: "--idle") },
            grantID: try grant.map { try SupportAccessGrantID($0) },
            attributes: try attributes()
        )
    }

    private func attributes() throws -> [String: String] {
        var attributes: [String: String] = [:]
        for text in attribute {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw SessionRepositoryError.invalidInput(field: "--attribute", problem: "it must be name=value")
            }
            let name = String(text[..<sign])
            guard attributes.updateValue(String(text[sign...].dropFirst()), forKey: name) == nil else {
                throw SessionRepositoryError.invalidInput(field: "--attribute", problem: "\(name) is given twice")
            }
        }
        return attributes
    }

    func answer(_ request: NewSession, from repository: RedisSessionRepository) async throws -> Answer {
        Answer(created: try await repository.createSession(request))
    }
}

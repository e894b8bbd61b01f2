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
    @Option(help: "The assurance level of the login, such as aal2.")
    var level: String?
    @Option(help: "What the user has proved who they are by, such as pwd or otp; repeatable.")
    var method: [String] = []
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
            attributes: try AttributeText.values(attribute),
            level: level,
            methods: method
        )
    }

    func answer(_ request: NewSession, from repository: RedisSessionRepository) async throws -> Answer {
        Answer(created: try await repository.createSession(request))
    }
}

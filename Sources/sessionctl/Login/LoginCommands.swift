import ArgumentParser
import SessionRepository

struct LoginCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Begin logins.", subcommands: [BeginLogin.self])
}

/// A login that `login begin` began, for the commands that end one.
struct TicketOption: ParsableArguments {
    // Nothing is superseded without one.
    @Option(help: "What `login begin` printed: the session is refused if its user's were all ended since.")
    var ticket: String?

    func value() throws(SessionRepositoryError) -> LoginTicket {
        guard let ticket else { return .none }
        return try LoginTicket(ticket)
    }
}

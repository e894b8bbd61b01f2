import ArgumentParser

struct SessionCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session",
        abstract: "Create, look at and end sessions.",
        subcommands: [
            CreateSession.self, ListSessions.self, ShowSession.self, AuthorizeSession.self, TouchSession.self,
            UpdateSession.self, ElevateSession.self, RenewSession.self, ShortenSession.self, TerminateSession.self,
            TerminateAllSessions.self,
        ]
    )
}

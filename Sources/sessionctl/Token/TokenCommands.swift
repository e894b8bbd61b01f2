import ArgumentParser

struct TokenCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Look at and invalidate refresh-token chains.",
        subcommands: [InvalidateToken.self, TokenStatus.self]
    )
}

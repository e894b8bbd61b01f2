import ArgumentParser

struct TokenCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Rotate refresh tokens, look at and invalidate their chains, make keys.",
        subcommands: [RotateToken.self, InvalidateToken.self, TokenStatus.self, GenerateTokenKey.self]
    )
}

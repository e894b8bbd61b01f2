import ArgumentParser

struct GrantCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Save, find and revoke support-access grants.",
        subcommands: [SaveGrant.self, FindGrant.self, ListGrants.self, RevokeGrant.self]
    )
}

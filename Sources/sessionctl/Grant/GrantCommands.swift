import ArgumentParser

struct GrantCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Save, extend, find and revoke support-access grants.",
        subcommands: [
            SaveGrant.self, ExtendGrant.self, FindGrant.self, ListGrants.self, RevokeGrant.self, RevokeAllGrants.self,
        ]
    )
}

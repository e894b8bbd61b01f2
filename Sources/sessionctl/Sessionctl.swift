import ArgumentParser
import Foundation

/// An administrator's tool for sessions, refresh-token chains and support-access grants in Redis.
@main
struct Sessionctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessionctl",
        abstract: "Look after user sessions, refresh-token chains and support-access grants in Redis.",
        discussion: """
            Exit status: 0 done; 1 the answer is no (unknown, not active, refused); 64 bad usage or bad input, nothing \
            was sent; 69 the store is unavailable; 70 a defect; 77 the store refuses these credentials or rights. With \
            --json, standard output holds exactly one JSON document, and an error is {"error":{"code":"…","message":"…"}} on standard error.
            """,
        subcommands: [
            LoginCommands.self, SessionCommands.self, TokenCommands.self, GrantCommands.self, SignOutEveryone.self,
            Doctor.self, Watch.self, Bench.self,
            BenchProbe.self, BenchPair.self, Demo.self,
        ]
    )

    static func main() async {
        Foundation.exit(await Invocation(arguments: Array(CommandLine.arguments.dropFirst())).run())
    }
}

import ArgumentParser
import Foundation

/// One run of the tool: from the command line to the exit status.
struct Invocation {
    /// The arguments before `--` and those from there on, without `--json`, which may stand anywhere before it.
    private let options: [String]
    private let operands: [String]
    let wantsJSON: Bool

    init(arguments: [String]) {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        options = arguments[..<end].filter { $0 != "--json" }
        operands = Array(arguments[end...])
        wantsJSON = options.count < end
    }

    /// With `--json` behind the subcommand that declares it.
    var arguments: [String] { options + (wantsJSON ? ["--json"] : []) + operands }

    func run() async -> Int32 {
        do {
            var command = try parse()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch let answer as ExitStatus {
            return answer.rawValue
        } catch {
            return report(error).rawValue
        }
    }

    private func parse() throws -> any ParsableCommand {
        do {
            return try Sessionctl.parseAsRoot(arguments)
        } catch  where wantsJSON {
            // When a subcommand is misspelt, nobody declares `--json`; that is not what is wrong then.
            _ = try Sessionctl.parseAsRoot(options + operands)
            throw error
        }
    }

    private func report(_ error: any Error) -> ExitStatus {
        if Sessionctl.exitCode(for: error).isSuccess {
            Output.write(Sessionctl.fullMessage(for: error))
            return .done
        }
        let failure = Failure(error)
        if wantsJSON {
            Output.writeDiagnostic(JSON.text(failure.document))
        } else if failure.code == Failure.usageCode {
            // The parser adds how the subcommand is used.
            Output.writeDiagnostic(PlainText.lines(Sessionctl.fullMessage(for: error)))
        } else {
            Output.writeDiagnostic("sessionctl: \(PlainText.lines(failure.message))")
        }
        return failure.status
    }
}

import EmbeddedRedis
import Foundation
import Testing

@Suite("Running a command", .timeLimit(.minutes(1)))
struct RunCommandTests {
    @Test("gives its status and both outputs")
    func result() async throws {
        let result = try await runCommand(
            "sh", ["-c", "cat; echo $WORD; echo oops >&2; exit 3"], environment: ["WORD": "here"], input: "in\n")
        #expect(result.status == 3)
        #expect(result.standardOutput == "in\nhere\n")
        #expect(result.standardError == "oops\n")
    }

    @Test("takes megabytes of input and output")
    func muchOutput() async throws {
        let text = String(repeating: "0123456789abcde\n", count: 200_000)
        let result = try await runCommand("sh", ["-c", "tee /dev/stderr"], input: text)
        #expect(result.standardOutput.utf8.count == text.utf8.count)
        #expect(result.standardError.utf8.count == text.utf8.count)
    }

    @Test("reports a signal as a shell does")
    func signalled() async throws {
        #expect(try await runCommand("sh", ["-c", "kill -9 $$"]).status == 137)
    }

    @Test("says that it is not there")
    func notFound() async {
        await #expect(throws: CommandNotFound.self) { try await runCommand("no-such-command", []) }
    }

    @Test("ends when its task is cancelled")
    func cancelled() async throws {
        let command = Task { try await runCommand("sleep", ["600"]) }
        command.cancel()
        #expect(try await command.value.status == 128 + SIGTERM)
    }
}

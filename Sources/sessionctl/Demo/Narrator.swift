import Foundation

/// Prints the story.
struct Narrator {
    let style: Style
    let redisCLI: RedisCLI

    func heading(_ text: String) {
        Output.write("\n" + style.paint(text, .heading))
    }

    func say(_ text: String) {
        Output.write(indented(text))
    }

    /// The `redis-cli` command that shows the same thing, and what it really says.
    func show(_ command: String...) async throws {
        Output.write(style.paint(indented("$ \(redisCLI.commandLine(command))"), .faint))
        let output = try await redisCLI.run(command)
        Output.write(indented(PlainText.lines(output.trimmingCharacters(in: .newlines))))
    }

    func presentation(at now: Date) -> Presentation {
        Presentation(now: now, style: style)
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
    }
}

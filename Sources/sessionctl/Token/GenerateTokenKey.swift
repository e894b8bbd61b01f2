import ArgumentParser
import SessionRepository

struct GenerateTokenKey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate-key",
        abstract: "Make a key that signs refresh tokens.",
        discussion: "Prints it once and keeps it nowhere: put it in front of $SESSION_TOKEN_KEYS.")

    @Option(name: .customLong("id"), help: "The name that tokens carry: 1 to 16 letters, digits, - or _.")
    var id = "k1"
    @OptionGroup var output: OutputOptions

    func run() throws {
        let key = try RefreshTokenKey.generate(id: id)
        let document = Document(id: key.id, key: key.secretText)
        Output.write(output.json ? JSON.text(document) : "\(key.id):\(key.secretText)")
    }

    private struct Document: Encodable {
        let id: String
        let key: String
    }
}

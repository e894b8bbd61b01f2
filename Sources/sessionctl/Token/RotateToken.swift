import ArgumentParser
import SessionRepository

struct RotateToken: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Spend a refresh token and print its successor; exit status 1 when there is none.",
        discussion: """
            Wants the keys in $SESSION_TOKEN_KEYS: k2:<base64url>,k1:<base64url>; the first signs, all verify. A token is \
            good under its key prefix and the deployment's name only, which is in $SESSION_DEPLOYMENT. Others on \
            this machine can read the arguments of a command: give - to read the token from standard input.
            """)

    @Argument(help: "The token, or - to read it from standard input.")
    var token: String
    @Option(help: "The client's address.")
    var ip: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func request() throws -> (RefreshToken, ipAddress: String?) {
        let address = try InputLimits.ipAddress(ip)
        return (RefreshToken(token == "-" ? readLine() ?? "" : token), address)
    }

    func answer(
        _ request: (RefreshToken, ipAddress: String?), from repository: RedisSessionRepository
    ) async throws -> Answer {
        let outcome = try await repository.rotateRefreshToken(request.0, ipAddress: request.ipAddress)
        let successor = outcome.successor
        return Answer(
            document: Document(outcome: outcome.word, refreshToken: successor?.text), isNo: successor == nil
        ) { $0.text(of: outcome) }
    }

    private struct Document: Encodable {
        let outcome: String
        let refreshToken: String?
    }
}

extension Presentation {
    fileprivate func text(of outcome: RotationOutcome) -> String {
        switch outcome {
        case .rotated(let token, _, _), .repeated(let token, _, _): token.text
        case .reuse(let id): style.paint("reuse", .bad) + ": session \(id) has been terminated"
        case .invalidated: style.paint("invalidated", .bad) + ": no token of its chain works any more"
        case .unknown: style.paint("unknown", .bad) + ": its session has expired"
        case .forged: style.paint("forged", .bad) + ": none of our keys signed it for this deployment"
        }
    }
}

import ArgumentParser
import Foundation
import SessionRepository

/// What a subcommand found out, for programs and for people.
struct Answer {
    let document: any Encodable
    /// Ends the tool with status 1.
    var isNo = false
    let text: (Presentation) -> String
}

extension Answer {
    /// A session that has just begun, and its first refresh token.
    init(created: CreatedSession) {
        let document = CreatedDocument(
            session: SessionDocument(created.session), refreshToken: created.refreshToken?.text)
        self.init(document: document) { presentation in
            var details = presentation.propertyList(of: created.session)
            details.add("refresh token", created.refreshToken?.text)
            return details.rendered(presentation.style)
        }
    }

    private struct CreatedDocument: Encodable {
        let session: SessionDocument
        let refreshToken: String?
    }
}

/// What text for people depends on besides its content.
struct Presentation {
    /// By Redis' clock, like all the times that are shown.
    let now: Date
    let style: Style
}

/// A subcommand that asks the repository and prints one answer.
protocol StoreCommand: AsyncParsableCommand {
    var store: StoreOptions { get }
    var output: OutputOptions { get }

    /// Reads the arguments; nothing is sent before it has succeeded.
    func request() throws -> Request

    associatedtype Request
    func answer(_ request: Request, from repository: RedisSessionRepository) async throws -> Answer
}

extension StoreCommand {
    func run() async throws {
        let request = try request()
        let isNo = try await store.withRepository(quiet: output.json) { repository in
            let answer = try await answer(request, from: repository)
            if output.json {
                Output.write(JSON.text(answer.document))
            } else {
                // The work is done: it must not be reported as failed because of a clock.
                let now = try? await repository.currentTime()
                Output.write(answer.text(Presentation(now: now ?? Date(), style: .standardOutput)))
            }
            return answer.isNo
        }
        if isNo { throw ExitStatus.no }
    }
}

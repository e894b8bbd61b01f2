import ArgumentParser
import Foundation
import SessionRepository

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print each change in the store as it happens, a line each, until interrupted.",
        discussion: """
            Outlives a restart of Redis, and says where changes may be missing. Ends with the server's words where it goes \
            on refusing the connection. With --json, one document a line.
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await store.store.withRepository(quiet: output.json) { repository, url in
            let style = Style.standardOutput
            let events = try await repository.events()
            if !output.json { Output.writeDiagnostic("listening to \(try RedisServer(url: url))") }
            for try await notice in events {
                Output.write(output.json ? JSON.text(EventDocument(notice)) : notice.text(style))
            }
        }
    }
}

/// An event as `--json` shows it. What is absent is left out.
private struct EventDocument: Encodable {
    let event: String
    var at: Date?
    var sessionId: String?
    var userId: String?
    var grantId: String?
    var organizationId: String?
    var by: String?
    var reason: String?
    var expiresAt: Date?

    init(_ notice: SessionEvents.Element) {
        guard case .event(let content) = notice else {
            event = "mayHaveMissed"
            return
        }
        event = content.kind.rawValue
        at = content.at
        sessionId = content.sessionID?.description
        userId = content.userID?.description
        grantId = content.grantID?.description
        organizationId = content.organizationID?.description
        by = content.by
        reason = content.reason
        expiresAt = content.expiresAt
    }
}

extension SessionEvents.Element {
    fileprivate func text(_ style: Style) -> String {
        guard case .event(let event) = self else {
            return style.paint("events may be missing here", .doubtful)
        }
        var words = [RFC3339.text(event.at), style.paint(event.kind.words, event.kind.tint)]
        words += [event.sessionID?.description, event.grantID?.description].compactMap(\.self)
        words += [
            event.userID.map { "user \($0)" }, event.organizationID.map { "of \($0)" }, event.by.map { "by \($0)" },
            event.expiresAt.map { "until \(RFC3339.text($0))" }, event.reason.map { "(\($0))" },
        ].compactMap { $0.map(PlainText.line) }
        return words.joined(separator: "  ")
    }
}

extension SessionEvent.Kind {
    fileprivate var words: String {
        switch self {
        case .sessionCreated: "session created"
        case .sessionTerminated: "session terminated"
        case .sessionExpired: "session expired"
        case .chainInvalidated: "refresh tokens invalidated"
        case .refreshTokenReuse: "refresh token reused"
        case .grantSaved: "support access granted"
        case .grantRevoked: "support access revoked"
        }
    }

    fileprivate var tint: Tint {
        switch self {
        case .sessionCreated, .grantSaved: .good
        case .sessionTerminated, .sessionExpired, .chainInvalidated, .grantRevoked: .doubtful
        case .refreshTokenReuse: .bad
        }
    }
}

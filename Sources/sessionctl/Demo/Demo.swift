import ArgumentParser
import Foundation
import SessionRepository

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A guided tour with real output, on a private redis-server unless --redis names another.",
        discussion: "On another server its names are made up for the occasion, and its keys are deleted at the end.")

    @Option(help: ArgumentHelp("Where Redis is; a private server by default.", valueName: "url"))
    var redis: String?
    @Option(help: "What every key begins with. Default: sr on a private server, sr-demo on another.")
    var prefix: String?

    func run() async throws {
        let isPrivate = redis == nil || redis == StoreOptions.embedded
        let store = Store(
            url: redis ?? StoreOptions.embedded,
            prefix: prefix ?? (isPrivate ? "sr" : "sr-demo"))
        try await store.withRepository(quiet: false) { repository, url in
            let redisCLI = try RedisCLI(url: url)
            let story = Story(
                cast: try Cast(distinct: !isPrivate),
                repository: repository,
                keys: KeySpace(prefix: store.prefix),
                narrator: Narrator(style: .standardOutput, redisCLI: redisCLI))
            do {
                try await story.tell()
            } catch {
                // What stands in the way of the story may stand in the way of tidying up; the keys expire anyway.
                _ = try? await redisCLI.run(["UNLINK"] + story.allKeys)
                throw error
            }
            if !isPrivate { _ = try await redisCLI.run(["UNLINK"] + story.allKeys) }
        }
    }
}

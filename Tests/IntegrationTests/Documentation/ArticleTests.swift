import EmbeddedRedis
import Foundation
import RedisClient
import ServiceLifecycle
import SessionRepository
import SessionRepositoryTesting
import Testing

/// The articles of the DocC catalogue: what they show is what is compiled beside this, and it does what they say.
@Suite("Articles")
struct ArticleTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = folder.appending(path: "../../..").standardizedFileURL
    private static let catalogue = root.appending(path: "Sources/SessionRepository/SessionRepository.docc")

    private static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    /// Without what an article leaves out, which is how far in the lines are.
    private static func lines(_ text: some StringProtocol) -> String {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    }

    /// Runs on the store's thread.
    private struct LookingService: Service {
        let sessions: RedisSessionRepository
        let id: SessionID

        func run() async throws {
            #expect((sessions.taskExecutor as? LoopExecutor)?.isCurrent == true)
            #expect(try await sessions.authorize(id).session?.id == id)
        }
    }

    @Test("Every snippet is a part of the file of the same name that is compiled here")
    func snippetsAreCompiled() throws {
        let articles = try FileManager.default.contentsOfDirectory(at: Self.catalogue, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }
        var withSnippets = Set<String>()
        for article in articles {
            let name = article.deletingPathExtension().lastPathComponent
            for block in try Self.text(article).matches(of: /(?s)```swift\n(.*?)```/) {
                withSnippets.insert(name)
                let compiled = Self.folder.appending(path: "Articles/\(name).swift")
                #expect(Self.lines(try Self.text(compiled)).contains(Self.lines(block.1)), "\(name): \(block.1)")
            }
        }
        let compiled = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: "Articles").path)
        #expect(withSnippets == Set(compiled.map { String($0.dropLast(".swift".count)) }))
    }

    @Test("The key space is described as in README, row for row")
    func keySpace() throws {
        let readme = try Self.text(Self.root.appending(path: "README.md"))
        let article = try Self.text(Self.catalogue.appending(path: "KeySpace.md"))
        let table = try #require(readme.firstMatch(of: /(?s)\n(\| Key \| Type .*?)\n\n/)?.1)
        #expect(table.split(separator: "\n").count > 10)
        #expect(article.contains(table))
    }

    @Test("Getting started, and what to do when Redis does not answer")
    func gate() async throws {
        let sessions = try InMemorySessionRepository()
        let gate = SessionGate(sessions: sessions)
        let maya = try UserID("maya")
        #expect(try await gate.logIn(maya, device: nil) { false } == nil)
        let phone = try #require(try await gate.logIn(maya, device: "Pixel 9") { true }).session
        let laptop = try #require(try await gate.logIn(maya, device: "Laptop") { true }).session
        #expect(try await gate.admit(phone.id, from: "203.0.113.7") == maya)
        #expect(try await gate.signOutOthers(of: laptop) == 1)
        #expect(try await gate.admit(phone.id, from: nil) == nil)
        #expect(await GuaranteesArticle.answer(to: laptop.id, from: sessions) == (200, nil))
        #expect(await GuaranteesArticle.answer(to: phone.id, from: sessions) == (401, nil))
        #expect(try await GuaranteesArticle.lostPhone(of: maya, in: sessions).hasPrefix("1 sessions ended; "))

        // Nothing listens there.
        let silent = try RedisSessionRepository(
            configuration: OperationsArticle.configuration(for: "redis+unix:///nonexistent/redis.sock"))
        #expect(await GuaranteesArticle.answer(to: laptop.id, from: silent) == (503, 1))
        await silent.shutdown()
    }

    @Test("Refresh tokens")
    func refreshTokens() async throws {
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        let sessions = try InMemorySessionRepository(refreshTokenKeys: keys)
        let created = try await sessions.createSession(NewSession(userID: UserID("maya"), ticket: .none))
        let first = try #require(created.refreshToken)
        let (second, session) = try #require(try await RefreshTokensArticle.refresh(first.text, in: sessions))
        #expect(session == created.session.id)
        let (repeated, _) = try #require(try await RefreshTokensArticle.refresh(first.text, in: sessions))
        #expect(repeated.text == second.text)
        #expect(try await RefreshTokensArticle.refresh("srt1_k1.forged", in: sessions) == nil)
        _ = try #require(try await RefreshTokensArticle.refresh(second.text, in: sessions))
        #expect(try await RefreshTokensArticle.refresh(first.text, in: sessions) == nil)
        #expect(try await sessions.findSession(session)?.isActive == false)
    }

    @Test("Assurance and step-up")
    func assurance() async throws {
        let clock = ManualClock()
        let sessions = try InMemorySessionRepository(authorizeAssurance: true, now: { clock.now })
        let session = try await AssuranceArticle.logIn(UserID("maya"), in: sessions)
        #expect(session.level == "aal1")
        #expect(try await !AssuranceArticle.mayTransfer(session.id, in: sessions))
        #expect(try await AssuranceArticle.stepUp(session.id, in: sessions))
        #expect(try await AssuranceArticle.mayTransfer(session.id, in: sessions))
        #expect(try await AssuranceArticle.endTrial(session.id, in: sessions) != .notActive)
        clock.advance(by: .seconds(900))
        #expect(try await !AssuranceArticle.mayTransfer(session.id, in: sessions))
        #expect(try AssuranceArticle.withAssurance("redis://127.0.0.1").authorizeAssurance)
    }

    @Test("Support access")
    func supportAccess() async throws {
        let sessions = try InMemorySessionRepository()
        let (acme, grace) = (try OrganizationID("acme"), try UserID("grace"))
        #expect(try await SupportAccessArticle.open(acme, for: grace, in: sessions) == nil)
        let grant = try await SupportAccessArticle.allow(acme, by: "noah", to: grace, in: sessions)
        let session = try #require(try await SupportAccessArticle.open(acme, for: grace, in: sessions)).session
        #expect(session.grantID == grant.id)
        #expect(session.expiresAt <= grant.expiresAt)
        let later = try await SupportAccessArticle.extend(grant.id, in: sessions)
        #expect(later.expiresAt < grant.expiresAt)
        #expect(try await SupportAccessArticle.offboard(grace, in: sessions) == "1 sessions and 1 grants ended")
        #expect(await GuaranteesArticle.answer(to: session.id, from: sessions).status == 401)
    }

    @Test("Configuration, health and the near cache, on a real server")
    func onRedis() async throws {
        // They use the default prefix, so they get a server of their own.
        try await withPrivateServer { server in
            var settings = try NearCachingArticle.withNearCache(server.url)
            settings.commandTimeout = .seconds(20)
            settings.refreshTokenKeys = try RefreshTokensArticle.withTokens(
                server.url, keys: "k1:\(RefreshTokenKey.generate(id: "k1").secretText)"
            ).refreshTokenKeys
            let sessions = try RedisSessionRepository(configuration: settings)
            let simple = try GettingStartedArticle.connect(to: server.url)
            let created = try await sessions.createSession(NewSession(userID: UserID("maya"), ticket: .none))
            #expect(created.refreshToken != nil)
            try await eventually("the near cache answers") {
                _ = try await sessions.authorize(created.session.id)
                return NearCachingArticle.hitRate(of: sessions) > 0
            }
            // A server for tests has no limit of memory.
            #expect(try await !OperationsArticle.problems(of: sessions).isEmpty)
            let service = LookingService(sessions: sessions, id: created.session.id)
            try await OperationsArticle.serve(service, with: sessions)
            try await eventually("it answers within its second") {
                (try? await simple.findSession(created.session.id)) == created.session
            }
            await simple.shutdown()
            await sessions.shutdown()
        }
    }
}

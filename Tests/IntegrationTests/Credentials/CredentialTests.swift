import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Credentials that change while the process runs", .timeLimit(.minutes(3)))
struct CredentialTests {
    @Test("A new password counts from the next connection on: without the provider it is refused until a restart")
    func changed() async throws {
        try await withRotatingPassword { store, server, rotating in
            let session = try await store.create(for: try store.user())
            var fixed = try RedisServer(url: server.url)
            (fixed.username, fixed.password) = (Rotating.user, Secret(rotating.password))
            try await withRepository(at: fixed, configure: { $0.keyPrefix = store.prefix }) { old in
                #expect(try await old.authorize(session.id) == .active(session))
                try await rotating.change(to: "second", at: [server])
                try await rotating.kill(at: [server])
                #expect(try await store.repository.authorize(session.id) == .active(session))
                let refusal = await failure { () throws(SessionRepositoryError) in try await old.authorize(session.id) }
                #expect(refusal?.code == "storeRefused" && "\(String(describing: refusal))".contains("WRONGPASS"))
            }
        }
    }

    @Test("Connections that stand do not ask, and each handshake asks once")
    func calls() async throws {
        try await withRotatingPassword { store, server, rotating in
            for _ in 0..<10 { _ = try await store.repository.currentTime() }
            let before = rotating.calls
            #expect(before == (try await server.connections(of: Rotating.user)).count)
            try await rotating.kill(at: [server])
            _ = try await store.repository.currentTime()
            #expect(rotating.calls == before + 1)
        }
    }

    @Test(
        "Every kind of connection logs in with the new password: that which listens, that of events, the doctor's own")
    func everyKind() async throws {
        try await withRotatingPassword(configure: { $0.nearCache = .patient }) { store, server, rotating in
            let repository = store.repository
            let session = try await store.create(for: try store.user())
            var events = try await repository.events().makeAsyncIterator()
            try await store.remember(session)
            let before = try await server.connections(of: Rotating.user)
            try await rotating.change(to: "second", at: [server])
            try await rotating.kill(at: [server])
            try await eventually("all are back, those that carry commands by being asked") {
                _ = try await repository.currentTime()
                let now = try await server.connections(of: Rotating.user)
                return now.isDisjoint(with: before) && now.count >= before.count
            }
            try await store.remember(session)
            #expect(try await repository.checkHealth().contains { $0.name == "tracking" && $0.status == .ok })
            let durability = Durability.replicated(count: 1, timeout: .milliseconds(1))
            #expect(try await repository.terminateSession(session.id, durability: durability).outcome == .terminated)
            var isHeard = false
            while !isHeard, let event = try await events.next() {
                if case .event(let change) = event { isHeard = change.kind == .sessionTerminated }
            }
            #expect(isHeard)
        }
    }

    @Test("A password file is read again, and may be replaced at any time")
    func file() async throws {
        let path = "/tmp/password-\(OperationID())"
        try Data("first\n".utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let provider = RedisCredentialProvider.passwordFile(path, username: Rotating.user)
        try await withRotatingPassword(configure: { $0.credentials = provider }) { store, server, rotating in
            _ = try await store.repository.currentTime()
            try await rotating.change(to: "second", at: [server])
            try Data("second".utf8).write(to: URL(filePath: path), options: .atomic)
            try await rotating.kill(at: [server])
            _ = try await store.repository.currentTime()
            #expect(rotating.calls == 0)
        }
    }

    @Test("A password file that cannot be used is unavailability that names the file and what is wrong with it")
    func missingFile() async throws {
        try await withPrivateServer { server in
            try await withRepository(
                at: try RedisServer(url: server.url),
                configure: {
                    $0.credentials = .passwordFile("/nonexistent/password")
                    $0.commandTimeout = .milliseconds(300)
                }
            ) { repository in
                try await eventuallyUnavailable(
                    because: "the password file /nonexistent/password failed: No such file or directory"
                ) { () throws(SessionRepositoryError) in try await repository.currentTime() }
            }
        }
    }

    private struct VaultError: Error, CustomStringConvertible {
        let description = "the token hunter2 is not good"
    }

    @Test("A provider that throws is named with the type of its error, whose text is shown nowhere")
    func throwing() async throws {
        try await withPrivateServer { server in
            try await withRepository(
                at: try RedisServer(url: server.url),
                configure: {
                    $0.credentials = RedisCredentialProvider { throw VaultError() }
                    $0.commandTimeout = .milliseconds(300)
                }
            ) { repository in
                try await eventuallyUnavailable(because: "the credential provider failed: it threw VaultError") {
                    () throws(SessionRepositoryError) in try await repository.currentTime()
                }
            }
        }
    }

    @Test(
        "A provider that hangs is named too, whichever timeout is over first",
        arguments: [
            (300, 60_000, "the credential provider has not answered yet"),
            (1000, 100, "the credential provider did not answer within 0.1 seconds"),
        ])
    func hanging(commandTimeout: Int, connectTimeout: Int, reason: String) async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        defer { opener.finish() }
        try await withPrivateServer { server in
            try await withRepository(
                at: try RedisServer(url: server.url),
                configure: {
                    $0.credentials = RedisCredentialProvider {
                        for await _ in gate {}
                        return RedisCredentials(password: "hunter2")
                    }
                    $0.commandTimeout = .milliseconds(commandTimeout)
                    $0.connectTimeout = .milliseconds(connectTimeout)
                }
            ) { repository in
                try await eventuallyUnavailable(because: reason) { () throws(SessionRepositoryError) in
                    try await repository.currentTime()
                }
            }
        }
    }

    @Test("Credentials that make no sense are refused: an empty password, and what has expired")
    func senseless() async throws {
        let senseless = [
            (RedisCredentials(password: ""), "empty"),
            (RedisCredentials(password: "x", expiresAt: Date(timeIntervalSinceNow: -1)), "expired"),
        ]
        try await withPrivateServer { server in
            for (credentials, word) in senseless {
                try await withRepository(
                    at: try RedisServer(url: server.url),
                    configure: {
                        $0.credentials = RedisCredentialProvider { credentials }
                        $0.commandTimeout = .milliseconds(300)
                    }
                ) { repository in
                    try await eventually("it says why") {
                        let error = await failure { () throws(SessionRepositoryError) in
                            try await repository.currentTime()
                        }
                        return "\(String(describing: error))".contains(word)
                    }
                }
            }
        }
    }

    @Test("A configuration with two passwords, or with Sentinels' credentials without Sentinels, is refused")
    func configuration() throws {
        let provider = RedisCredentialProvider.passwordFile("/run/secrets/redis")
        func refused(_ url: String, _ change: (inout RedisSessionRepositoryConfiguration) -> Void) throws -> String? {
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
            change(&configuration)
            return Self.refusal(of: configuration)
        }
        #expect(try refused("redis://h") { $0.credentials = provider } == nil)
        #expect(try refused("redis://:hunter2@h") { $0.credentials = provider } == "credentials")
        #expect(try refused("redis://h") { $0.sentinelCredentials = provider } == "sentinelCredentials")
        #expect(try refused("redis+sentinel://h/m") { $0.sentinelCredentials = provider } == nil)
        let both = "redis+sentinel://h/m?sentinel-password=hunter2"
        #expect(try refused(both) { $0.sentinelCredentials = provider } == "sentinelCredentials")
        #expect(try refused("redis://h") { $0.credentials = .passwordFile("") } == "credentials")
    }

    /// The setting that is refused; `nil` where none is.
    private static func refusal(of configuration: RedisSessionRepositoryConfiguration) -> String? {
        do {
            try configuration.validate()
        } catch {
            #expect(!"\(error)".contains("hunter2"))
            if case .invalidConfiguration(let setting, _) = error { return setting }
        }
        return nil
    }

    @Test("Neither a provider nor credentials show a password")
    func secrecy() {
        let credentials = RedisCredentials(username: "app", password: "hunter2")
        for text in ["\(credentials)", String(reflecting: credentials), "\(RedisCredentialProvider { credentials })"] {
            #expect(!text.contains("hunter2"))
        }
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}

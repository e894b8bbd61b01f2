import EmbeddedRedis
import Foundation
import Logging
import RedisClient
import Synchronization
import Testing

@testable import SessionRepository

/// OWASP ASVS 5.0 §16.2.5: no credential in a log, in an error, or at rest.
@Suite("Secrets")
struct SecrecyTests {
    @Test("A whole life leaves no token, key or password in the log, in an error, in a dump or in Redis' own files")
    func wholeLife() async throws {
        let log = CapturedLog()
        let key = try RefreshTokenKey.generate(id: "k1")
        let tokens = try RefreshTokenKeys(signing: key)
        let password = "pass-\(OperationID())"
        // Readable files: nothing compressed, each write as a command.
        let options = EmbeddedRedisOptions(
            password: password, appendOnly: true,
            configuration: ["aof-use-rdb-preamble no", "rdbcompression no"])
        try await withPrivateServer(options) { server in
            var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: server.url))
            configuration.refreshTokenKeys = tokens
            configuration.policy.reuseInterval = .zero
            configuration.commandTimeout = .seconds(20)
            let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
            let raw = try RedisClient.raw(server.url)
            var (issued, told) = ([String](), ["\(configuration)", String(reflecting: configuration)])
            try await live(with: repository, raw, &issued, &told)
            told += try await wrongPassword(server, password: "wrong-\(password)", log)
            try await raw.send("SAVE")

            var places = told.map { ("an error or a description", Data($0.utf8)) }
            places.append(("the log", Data(log.text.utf8)))
            places += try await content(of: raw).map { ("Redis", $0) }
            let directory = try #require(try await raw.send("CONFIG", "GET", "dir").strings.last)
            places += try files(in: URL(filePath: directory)).filter { !$0.0.hasSuffix(".conf") }
            // What is no secret is found: these are the files, and they can be read.
            for suffix in [".aof", "dump.rdb"] {
                let isReadable = places.contains {
                    $0.0.hasSuffix(suffix) && $0.1.range(of: Data("user-42".utf8)) != nil
                }
                #expect(isReadable, "\(suffix)")
            }
            #expect(log.text.contains("connection lost"))

            var secrets = issued.map { String($0.suffix(43)) } + issued + [key.secretText, password]
            secrets.append(String(decoding: Data(key.secretText.utf8).base64EncodedData(), as: UTF8.self))
            #expect(secrets.count >= 10)
            for secret in secrets {
                for (place, data) in places where data.range(of: Data(secret.utf8)) != nil {
                    Issue.record("\(place) holds a secret")
                }
            }
            await repository.shutdown()
            await raw.shutdown()
        }
    }

    private func live(
        with repository: RedisSessionRepository, _ raw: RedisClient, _ issued: inout [String], _ told: inout [String]
    ) async throws {
        let user = try UserID("user-42")
        for number in 0..<4 {
            let created = try await repository.createSession(
                NewSession(userID: user, ticket: .none, deviceName: "device \(number)"))
            var token = try #require(created.refreshToken)
            issued.append(token.text)
            told += ["\(created)", String(reflecting: created), "\(token)"]
            let first = token
            for _ in 0..<2 {
                let outcome = try await repository.rotateRefreshToken(token)
                token = try #require(outcome.successor)
                issued.append(token.text)
                told += ["\(outcome)", String(reflecting: outcome)]
            }
            switch number {
            case 0: told.append("\(try await repository.rotateRefreshToken(first))")
            case 1: _ = try await repository.terminateSession(created.session.id)
            case 2:
                try await raw.send("SET", repository.keys.session(created.session.id), "nonsense", "PX", "60000")
                let error = await failure { () throws(SessionRepositoryError) in
                    try await repository.rotateRefreshToken(token)
                }
                told += ["\(String(describing: error))", String(reflecting: error)]
            default:
                // A connection that is lost while tokens are under way.
                try await raw.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                let outcome = try await repository.rotateRefreshToken(token)
                issued += outcome.successor.map { [$0.text] } ?? []
            }
        }
    }

    private func wrongPassword(_ server: EmbeddedRedis, password: String, _ log: CapturedLog) async throws -> [String] {
        var configuration = RedisSessionRepositoryConfiguration(
            server: try RedisServer(unixSocketPath: server.unixSocketPath, password: password))
        configuration.commandTimeout = .seconds(20)
        let repository = try RedisSessionRepository(configuration: configuration, logger: log.logger)
        let error = await failure { () throws(SessionRepositoryError) in try await repository.currentTime() }
        await repository.shutdown()
        #expect(error?.code == "storeRefused")
        return ["\(String(describing: error))", String(reflecting: error), String(reflecting: configuration)]
    }

    private func content(of raw: RedisClient) async throws -> [Data] {
        var content: [Data] = []
        for key in try await raw.keys(matching: "*") {
            for command in [["HGETALL", key], ["GET", key], ["SMEMBERS", key], ["ZRANGE", key, "0", "-1"]] {
                guard let value = try? await raw.send(command) else { continue }
                content.append(Data("\(key) \(value)".utf8))
            }
        }
        #expect(content.count >= 7)
        return content
    }

    private func files(in directory: URL) throws -> [(String, Data)] {
        let names = try #require(FileManager.default.enumerator(atPath: directory.path)).compactMap { $0 as? String }
        return names.compactMap { name in
            (try? Data(contentsOf: directory.appending(path: name))).map { (name, $0) }
        }
    }
}

/// Everything that is logged, at the most talkative level.
final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "captured") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
        }
    }
}

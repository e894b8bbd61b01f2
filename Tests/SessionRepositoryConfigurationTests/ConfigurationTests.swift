import Configuration
import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import SessionRepository
@testable import SessionRepositoryConfiguration

@Suite("Configuration from the environment and from files")
struct ConfigurationTests {
    /// A value other than the default, for each setting. Those of TLS are refused: the URL asks for none.
    static let samples: [SettingKey: String] = [
        .redisPassword: "s3cret", .redisPasswordFile: "/run/secrets/redis",
        .addressMap: "10.0.0.5:6379=127.0.0.1:7001, 10.0.0.6=localhost", .keyPrefix: "other", .clientName: "shop",
        .tokenKeys: "k1:\(String(repeating: "A", count: 43))", .authorizeAttributes: "role, plan",
        .commandTimeout: "250ms", .connectTimeout: "3s",
        .roleCheckInterval: "off", .maximumQueuedCommands: "100", .lifetime: "7d",
        .idleTimeout: "12h", .terminatedRetention: "1h30m", .activityResolution: "0s", .reuseInterval: "5s",
        .deployment: "staging", .authorizeAssurance: "true", .reuse: "afterSuccessorWasUsed",
        .maximumSessionsPerUser: "7", .overflow: "refuse", .maximumGrantDuration: "1d", .nearCache: "true",
        .journal: "no", .journalEntries: "5", .journalBytes: "2097152", .journalAge: "1m", .observabilityInterval: "1s",
    ]

    @Test("The table is the keys that are read, each with the variable that is heard")
    func documented() throws {
        let rows = try DocumentTable.rows(in: "configuration.md", below: "Keys")
        #expect(rows.compactMap(\.first).sorted() == SettingKey.allCases.map(\.rawValue).sorted())
        for row in rows {
            let key = try #require(row.first.flatMap(SettingKey.init))
            #expect(row.dropFirst().first == key.variable)
        }
    }

    @Test("The URL alone is enough, and everything else is as without a reader")
    func defaults() throws {
        let plain = RedisSessionRepositoryConfiguration(server: try RedisServer(url: "redis://127.0.0.1:6379"))
        #expect("\(try configuration(url))" == "\(plain)")
    }

    @Test("Each setting makes a difference", arguments: samples)
    func sample(key: SettingKey, value: String) throws {
        let changed = try configuration(url.merging([key.variable: value]) { $1 })
        let plain = try configuration(url)
        // A password does not show in a description.
        #expect("\(changed)" != "\(plain)" || changed.server != plain.server)
        #expect(!"\(changed)".contains("s3cret"))
    }

    @Test("A setting that is empty is as good as missing")
    func empty() throws {
        let empty = SettingKey.allCases.filter { $0 != .redisURL && $0 != .authorizeAttributes }.map {
            ($0.variable, "")
        }
        let configured = try configuration(url.merging(empty) { $1 })
        #expect("\(configured)" == "\(try configuration(url))")
    }

    @Test("The settings of the near cache are read, and count when it is enabled")
    func nearCache() throws {
        var variables = url
        variables["SESSION_NEAR_CACHE_MAXIMUM_ENTRIES"] = "12"
        variables["SESSION_NEAR_CACHE_MAXIMUM_STALENESS"] = "2s"
        #expect(try configuration(variables).nearCache == nil)
        variables["SESSION_NEAR_CACHE_ENABLED"] = "true"
        let policy = try #require(try configuration(variables).nearCache)
        #expect(policy.maximumEntries == 12 && policy.maximumStaleness == .seconds(2))
    }

    @Test("User and password need not be in the URL")
    func logIn() throws {
        var variables = url
        variables["SESSION_REDIS_USERNAME"] = "service"
        #expect(refusal { try configuration(variables) }?.key == "session.redis.username")
        variables["SESSION_REDIS_PASSWORD"] = "s3cret"
        let server = try configuration(variables).server
        #expect(server == (try RedisServer(url: "redis://service:s3cret@127.0.0.1:6379")))
        variables["SESSION_REDIS_URL"] = "redis://service:s3cret@127.0.0.1:6379"
        let refused = refusal { try configuration(variables) }
        #expect(refused?.key == "session.redis.password" && refused?.problem.contains("s3cret") == false)
    }

    @Test("A password file is read at each connection, with a user where there is one, for Sentinels too")
    func passwordFile() throws {
        var variables = url
        variables["SESSION_REDIS_PASSWORD_FILE"] = "/run/secrets/redis"
        variables["SESSION_REDIS_USERNAME"] = "service"
        let one = try configuration(variables)
        #expect(one.credentials?.description == "the password file /run/secrets/redis")
        #expect(one.server.username == nil && one.sentinelCredentials == nil)
        variables["SESSION_REDIS_PASSWORD"] = "s3cret"
        #expect(refusal { try configuration(variables) }?.key == "session.redis.passwordFile")
        variables["SESSION_REDIS_PASSWORD"] = nil
        variables["SESSION_REDIS_SENTINEL_PASSWORD_FILE"] = "/run/secrets/sentinel"
        #expect(refusal { try configuration(variables) }?.key == "session.redis.sentinelPasswordFile")
        variables["SESSION_REDIS_URL"] = "redis+sentinel://a,b/main"
        #expect(
            try configuration(variables).sentinelCredentials?.description == "the password file /run/secrets/sentinel")
        variables["SESSION_REDIS_URL"] = "redis+sentinel://a,b/main?sentinel-password=s3cret"
        #expect(refusal { try configuration(variables) }?.key == "session.redis.sentinelPasswordFile")
    }

    @Test("Metrics and spans go to what the process has bootstrapped, which here is nothing")
    func observability() throws {
        let configured = try configuration(
            url.merging(["SESSION_OBSERVABILITY_METRICS": "true", "SESSION_OBSERVABILITY_TRACING": "true"]) { $1 })
        #expect(configured.observability.metrics == nil && configured.observability.tracer == nil)
        let factory = CountingFactory()
        let inScope = try withMetricsFactory(factory) {
            try configuration(url.merging(["SESSION_OBSERVABILITY_METRICS": "true"]) { $1 })
        }
        #expect(inScope.observability.metrics is CountingFactory)
        let off = try withMetricsFactory(factory) { try configuration(url) }
        #expect(off.observability.metrics == nil)
    }

    @Test("A JSON file says the same, with numbers and lists of its own, after the environment")
    func file() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "session-\(OperationID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let json = """
            { "session": { "redis": { "url": "redis+unix:///run/redis.sock" }, "keyPrefix": "file",
              "clientName": null, "authorizeAttributes": ["role", "plan"], "commandTimeout": "2s",
              "policy": { "maximumSessionsPerUser": 20, "overflow": "refuse" },
              "revocationJournal": { "enabled": false } } }
            """
        try Data(json.utf8).write(to: file)
        let place = InMemoryProvider(values: ["filePath": .init(.string(file.path), isSecret: false)])
        let reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: ["SESSION_KEY_PREFIX": "environment"]),
            try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: place)),
        ])
        let configured = try RedisSessionRepositoryConfiguration(config: reader)
        #expect("\(configured.server)" == "/run/redis.sock")
        #expect(configured.keyPrefix == "environment")
        #expect(configured.clientName == "session-repository")
        #expect(configured.authorizeAttributes == ["role", "plan"])
        #expect(configured.commandTimeout == .seconds(2))
        #expect(configured.policy.maximumSessionsPerUser == 20)
        #expect(configured.policy.overflow == .refuse)
        #expect(configured.revocationJournal == nil)
    }
}

/// Told apart from what a process has when it has none.
private struct CountingFactory: MetricsFactory {
    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        NOOPMetricsHandler.instance
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { NOOPMetricsHandler.instance }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

import Configuration
import Testing

@testable import SessionRepository
@testable import SessionRepositoryConfiguration

@Suite("Wrong settings")
struct WrongSettingsTests {
    /// For each setting, values that it cannot have.
    static let wrong: [(SettingKey, [String])] = SettingKey.allCases.map { key in
        switch key {
        case .redisURL:
            (key, ["s3cret", "redis://user:s3cret@", "redis://s3cret:0", "http://s3cret", "redis://s3cret@h"])
        case .redisUsername, .authoritiesFile, .certificateFile, .privateKeyFile, .serverName: (key, ["s3cret"])
        case .redisPassword: (key, [])
        case .redisPasswordFile: (key, [String(repeating: "s3cret", count: 1000)])
        case .sentinelUsername, .sentinelPasswordFile: (key, ["s3cret"])
        case .addressMap: (key, ["s3cret", "s3cret=s3cret:1", "s3cret:0=s3cret:1", "s3cret=a,s3cret=b", "=s3cret"])
        case .keyPrefix: (key, ["s3cret{}", String(repeating: "s3cret", count: 20)])
        case .clientName: (key, ["s3cret s3cret"])
        case .deployment: (key, ["s3cret s3cret", String(repeating: "s3cret", count: 20)])
        case .tokenKeys: (key, ["s3cret", "k1:s3cret", "k1:c2VjcmV0", "s3cret:,", "k1:c2VjcmV0,k1:c2VjcmV0"])
        case .authorizeAttributes: (key, ["s3cret\(String(repeating: "x", count: 64))"])
        case .maximumQueuedCommands, .maximumSessionsPerUser, .nearCacheEntries, .journalEntries, .journalBytes:
            (key, ["s3cret", "0", "-1", "1.5", "99999999999999999999"])
        case .commandTimeout, .connectTimeout, .nearCacheStaleness, .journalAge, .observabilityInterval:
            (key, ["s3cret", "0s", "5", "500d"])
        case .lifetime, .idleTimeout, .terminatedRetention, .maximumGrantDuration:
            (key, ["s3cret", "0s", "5", "500d"])
        case .roleCheckInterval: (key, ["s3cret", "Off", "0s", "99ms", "5", "61s"])
        case .activityResolution, .reuseInterval: (key, ["s3cret", "5", "500d"])
        case .reuse: (key, ["s3cret", "AfterInterval"])
        case .overflow: (key, ["s3cret", "Refuse"])
        case .authorizeAssurance, .nearCache, .journal, .metrics, .tracing: (key, ["s3cret", "2"])
        }
    }

    @Test("Each is refused by an error that names the key and shows no value", arguments: wrong)
    func refused(key: SettingKey, values: [String]) throws {
        for value in values {
            var variables = url.merging([key.variable: value]) { $1 }
            // Otherwise the cache's settings need not be right.
            variables["SESSION_NEAR_CACHE_ENABLED"] = variables["SESSION_NEAR_CACHE_ENABLED"] ?? "true"
            let refused = refusal { try configuration(variables) }
            #expect(refused?.key == key.rawValue, "\(value)")
            #expect(refused?.problem.isEmpty == false)
            #expect(refused?.problem.contains("s3cret") == false)
        }
    }

    @Test("Without a URL the error names its key")
    func missing() throws {
        #expect(refusal { try configuration([:]) }?.key == "session.redis.url")
    }

    static let kinds: [ConfigValue] = [
        5, 1.5, true, .init(.stringArray(["s3cret"]), isSecret: false), .init(.intArray([1]), isSecret: false),
        .init(.doubleArray([1.5]), isSecret: false), .init(.boolArray([true]), isSecret: false),
        .init(.bytes([1]), isSecret: false),
    ]

    @Test("A value of another kind is refused, not taken for missing", arguments: [SettingKey.keyPrefix, .lifetime])
    func kind(key: SettingKey) throws {
        for value in Self.kinds {
            let provider = InMemoryProvider(values: [
                "session.redis.url": "redis://127.0.0.1", AbsoluteConfigKey(ConfigKey(key.rawValue)): value,
            ])
            let refused = refusal { try RedisSessionRepositoryConfiguration(config: ConfigReader(provider: provider)) }
            #expect(refused?.key == key.rawValue)
        }
    }

    @Test("What an access log is told of secrets is that they are secret")
    func accessLog() throws {
        let accesses = Accesses()
        let provider = EnvironmentVariablesProvider(environmentVariables: [
            "SESSION_REDIS_URL": "redis://user:s3cret@127.0.0.1", "SESSION_TOKEN_KEYS": "k1:s3cret",
        ])
        let reader = ConfigReader(provider: provider, accessReporter: accesses)
        #expect(refusal { try RedisSessionRepositoryConfiguration(config: reader) }?.key == "session.tokenKeys")
        let told = accesses.told
        #expect(told.count > 5)
        #expect(told.contains { $0.contains("session.redis.url") })
        #expect(!told.contains { $0.contains("s3cret") })
    }
}

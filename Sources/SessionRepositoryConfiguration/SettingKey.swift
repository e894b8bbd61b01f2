/// The keys: a contract, in `docs/configuration.md`. In the environment `session.redis.url` is `SESSION_REDIS_URL`.
package enum SettingKey: String, CaseIterable, Sendable {
    case redisURL = "session.redis.url"
    case redisUsername = "session.redis.username"
    case redisPassword = "session.redis.password"
    case redisPasswordFile = "session.redis.passwordFile"
    case sentinelUsername = "session.redis.sentinelUsername"
    case sentinelPasswordFile = "session.redis.sentinelPasswordFile"
    case authoritiesFile = "session.redis.tls.authoritiesFile"
    case certificateFile = "session.redis.tls.certificateFile"
    case privateKeyFile = "session.redis.tls.privateKeyFile"
    case serverName = "session.redis.tls.serverName"
    case addressMap = "session.redis.addressMap"
    case keyPrefix = "session.keyPrefix"
    case clientName = "session.clientName"
    case deployment = "session.deployment"
    case tokenKeys = "session.tokenKeys"
    case authorizeAttributes = "session.authorizeAttributes"
    case authorizeAssurance = "session.authorizeAssurance"
    case commandTimeout = "session.commandTimeout"
    case connectTimeout = "session.connectTimeout"
    case roleCheckInterval = "session.roleCheckInterval"
    case maximumQueuedCommands = "session.maximumQueuedCommands"
    case lifetime = "session.policy.lifetime"
    case idleTimeout = "session.policy.idleTimeout"
    case terminatedRetention = "session.policy.terminatedRetention"
    case activityResolution = "session.policy.activityResolution"
    case reuseInterval = "session.policy.reuseInterval"
    case reuse = "session.policy.reuse"
    case maximumSessionsPerUser = "session.policy.maximumSessionsPerUser"
    case overflow = "session.policy.overflow"
    case maximumGrantDuration = "session.policy.maximumGrantDuration"
    case nearCache = "session.nearCache.enabled"
    case nearCacheEntries = "session.nearCache.maximumEntries"
    case nearCacheStaleness = "session.nearCache.maximumStaleness"
    case journal = "session.revocationJournal.enabled"
    case journalEntries = "session.revocationJournal.maximumEntries"
    case journalBytes = "session.revocationJournal.maximumBytes"
    case journalAge = "session.revocationJournal.maximumAge"
    case metrics = "session.observability.metrics"
    case tracing = "session.observability.tracing"
    case observabilityInterval = "session.observability.interval"

    /// Whether the value is kept out of access logs. A URL may hold a password.
    var isSecret: Bool {
        switch self {
        case .redisURL, .redisPassword, .tokenKeys: true
        default: false
        }
    }

    /// The key of a setting that `RedisSessionRepositoryConfiguration` calls by its property.
    static func of(property: String) -> SettingKey? {
        let key =
            switch property {
            case "roleCheck": "session.roleCheckInterval"
            case "credentials": "session.redis.passwordFile"
            case "sentinelCredentials": "session.redis.sentinelPasswordFile"
            default: "session.\(property)"
            }
        return SettingKey(rawValue: key)
            ?? SettingKey(rawValue: "session.redis.\(property)")
            ?? SettingKey(rawValue: "session.policy.\(property)")
    }
}

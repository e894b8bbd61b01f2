public import Configuration
import RedisClient
public import SessionRepository

extension RedisSessionRepositoryConfiguration {
    /// Reads the settings below `session`, such as `session.redis.url`, from the environment (`SESSION_REDIS_URL`), from
    /// files, or from wherever else the reader's providers do. `docs/configuration.md` lists them; only the URL is required.
    ///
    /// ```swift
    /// let config = ConfigReader(provider: EnvironmentVariablesProvider())
    /// let configuration = try RedisSessionRepositoryConfiguration(config: config)
    /// ```
    ///
    /// Metrics and spans go to what the process has bootstrapped before this.
    /// - Throws: `invalidConfiguration`, which names the key and shows no value. A key that is misspelled cannot be noticed.
    public init(config: ConfigReader) throws(SessionRepositoryError) {
        let reader = SettingReader(config: config)
        self.init(server: try RedisServer(reader))
        credentials = try RedisCredentialProvider(reader, user: .redisUsername, file: .redisPasswordFile)
        sentinelCredentials = try RedisCredentialProvider(
            reader, user: .sentinelUsername, file: .sentinelPasswordFile)
        if sentinelCredentials == nil, try reader.text(.sentinelUsername) != nil {
            throw SettingKey.sentinelUsername.invalid("there is a user but no password file")
        }
        if let list = try reader.list(.addressMap) {
            addressMap = try SettingKey.addressMap.naming { () throws(SessionRepositoryError) in
                try AddressMap.entries(list)
            }
        }
        keyPrefix = try reader.text(.keyPrefix) ?? keyPrefix
        clientName = try reader.text(.clientName) ?? clientName
        deployment = try reader.text(.deployment)
        if let keys = try reader.text(.tokenKeys) {
            refreshTokenKeys = try SettingKey.tokenKeys.naming { () throws(SessionRepositoryError) in
                try RefreshTokenKeys(keys)
            }
        }
        authorizeAttributes = try reader.list(.authorizeAttributes) ?? authorizeAttributes
        authorizeAssurance = try reader.flag(.authorizeAssurance) ?? authorizeAssurance
        commandTimeout = try reader.duration(.commandTimeout) ?? commandTimeout
        connectTimeout = try reader.duration(.connectTimeout) ?? connectTimeout
        roleCheck = try RoleCheck(reader) ?? roleCheck
        maximumQueuedCommands = try reader.number(.maximumQueuedCommands) ?? maximumQueuedCommands
        try policy.read(reader)
        nearCache = try NearCachePolicy(reader)
        revocationJournal = try RevocationJournalPolicy(reader)
        observability = try Observability(reader)
        try validate(naming: SettingKey.of(property:))
    }

    private func validate(naming key: (String) -> SettingKey?) throws(SessionRepositoryError) {
        do throws(SessionRepositoryError) {
            try validate()
        } catch .invalidConfiguration(let setting, let problem) {
            let name = key(setting)?.rawValue ?? (setting == "Redis TLS" ? "session.redis.tls" : setting)
            throw .invalidConfiguration(setting: name, problem: problem)
        }
    }
}

extension SessionPolicy {
    fileprivate mutating func read(_ reader: SettingReader) throws(SessionRepositoryError) {
        lifetime = try reader.duration(.lifetime) ?? lifetime
        idleTimeout = try reader.duration(.idleTimeout) ?? idleTimeout
        terminatedRetention = try reader.duration(.terminatedRetention) ?? terminatedRetention
        activityResolution = try reader.duration(.activityResolution) ?? activityResolution
        reuseInterval = try reader.duration(.reuseInterval) ?? reuseInterval
        maximumSessionsPerUser = try reader.number(.maximumSessionsPerUser) ?? maximumSessionsPerUser
        maximumGrantDuration = try reader.duration(.maximumGrantDuration) ?? maximumGrantDuration
        if let word = try reader.text(.reuse) {
            guard let reuse = Reuse(rawValue: word) else {
                throw SettingKey.reuse.mustBe("afterInterval or afterSuccessorWasUsed")
            }
            self.reuse = reuse
        }
        if let word = try reader.text(.overflow) {
            guard let overflow = Overflow(rawValue: word) else {
                throw SettingKey.overflow.mustBe("terminateLeastRecentlyActive or refuse")
            }
            self.overflow = overflow
        }
    }
}

extension NearCachePolicy {
    /// `nil` unless it is enabled. What it is given must be right all the same.
    fileprivate init?(_ reader: SettingReader) throws(SessionRepositoryError) {
        self.init()
        maximumEntries = try reader.number(.nearCacheEntries) ?? maximumEntries
        maximumStaleness = try reader.duration(.nearCacheStaleness) ?? maximumStaleness
        guard try reader.flag(.nearCache) ?? false else { return nil }
    }
}

extension RoleCheck {
    /// `nil` when it is not set.
    fileprivate init?(_ reader: SettingReader) throws(SessionRepositoryError) {
        // Either a duration or a word: the duration's reader would refuse the word.
        if let word = try? reader.text(.roleCheckInterval), word == "off" {
            self = .off
        } else if let interval = try reader.duration(.roleCheckInterval) {
            self = .every(interval)
        } else {
            return nil
        }
    }
}

extension RevocationJournalPolicy {
    /// `nil` when it is disabled.
    fileprivate init?(_ reader: SettingReader) throws(SessionRepositoryError) {
        self.init()
        maximumEntries = try reader.number(.journalEntries) ?? maximumEntries
        maximumBytes = try reader.number(.journalBytes) ?? maximumBytes
        maximumAge = try reader.duration(.journalAge) ?? maximumAge
        guard try reader.flag(.journal) ?? true else { return nil }
    }
}

extension Observability {
    fileprivate init(_ reader: SettingReader) throws(SessionRepositoryError) {
        let bootstrapped = Observability.bootstrapped
        self.init()
        if try reader.flag(.metrics) ?? false { metrics = bootstrapped.metrics }
        if try reader.flag(.tracing) ?? false { tracer = bootstrapped.tracer }
        interval = try reader.duration(.observabilityInterval) ?? interval
    }
}

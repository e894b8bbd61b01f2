package import RedisClient

/// How a `RedisSessionRepository` reaches Redis and what it promises. Plain values; `RedisSessionRepository.init`
/// refuses what cannot work.
public struct RedisSessionRepositoryConfiguration: Sendable {
    /// Where Redis is and how to log in there.
    public var server: RedisServer
    /// Where user and password come from when they may change while the process runs: asked at each handshake with a server.
    /// `nil` for those of `server`.
    public var credentials: RedisCredentialProvider?
    /// The same for the Sentinels.
    public var sentinelCredentials: RedisCredentialProvider?
    /// Where servers are reached whose addresses do not lead there from here: behind network address translation, or with
    /// published ports. By the address that cluster nodes and Sentinels announce: `"10.0.0.5:6379": "redis.example:17001"`,
    /// or for every port of a host `"10.0.0.5": "redis.example"`. IPv6 addresses with a port stand in brackets. A certificate
    /// must be for the host that is connected to. Default none.
    public var addressMap: [String: String] = [:]
    /// What every key begins with, before a colon: 1 to 64 bytes of printable ASCII without braces. Default `sr`.
    public var keyPrefix = "sr"
    /// How long sessions live, how many a user may have, and how long support access may last.
    public var policy = SessionPolicy()
    /// What this deployment is called, such as `production`: 1 to 64 printable ASCII characters without spaces. A refresh
    /// token is good only under the key prefix and the name that it was signed under. Give one to deployments that share both a
    /// key prefix and keys. Changing it logs everyone out. Default none.
    public var deployment: String?
    /// What signs refresh tokens; without it there are none, and `rotateRefreshToken` throws.
    public var refreshTokenKeys: RefreshTokenKeys?
    /// Attributes that `authorize` fetches with the session. At most 32. Default none.
    public var authorizeAttributes: [String] = []
    /// Whether `authorize` fetches assurance (`level`, `methods`, `elevatedUntil`) with the session. Each field that a record lacks
    /// costs the server about 0.2 microseconds a lookup, hence off where nobody uses it; without it they are `nil` there, which is
    /// the safe side. Default `false`.
    public var authorizeAssurance = false
    /// How long one exchange with Redis may take, waiting for a connection included. Most operations are one; opening
    /// and continuing sessions under a support-access grant takes up to four. Default one second.
    public var commandTimeout: Duration = .seconds(1)
    /// How long one attempt to connect and log in may take. Default one second.
    public var connectTimeout: Duration = .seconds(1)
    /// How often a server must show that it is a master. Default every two seconds.
    public var roleCheck = RoleCheck.every(.seconds(2))
    /// The most operations that wait for Redis or for its answer; one more throws `overloaded`. Where Redis is too slow to answer
    /// so many within half of `commandTimeout`, by what it did lately, fewer may wait. Default 16,384.
    public var maximumQueuedCommands = 16_384
    /// How much is remembered of this process' own revocations, to be applied again after a failover; `nil` for nothing.
    public var revocationJournal: RevocationJournalPolicy? = RevocationJournalPolicy()
    /// Lets `authorize` answer from this process' memory; `nil` asks Redis each time. Redis tells of changes through a
    /// second connection to each server, and the user needs the permissions of `auth-middleware` in
    /// `scripts/redis/users.acl`. Where tracking is not supported or not permitted every lookup asks Redis.
    public var nearCache: NearCachePolicy?
    /// Where metrics and spans go. Nowhere unless set, and then nothing is measured.
    public var observability = Observability()
    /// What `CLIENT LIST` shows for this process. Printable ASCII without spaces. Default `session-repository`.
    public var clientName = "session-repository"
    /// What is taken for granted instead of being proved. For negative controls only.
    package var assumptions: Assumptions = []
    /// The numeric addresses of a name; `nil` asks the system's resolver.
    package var resolve: (@Sendable (String) -> [String])?
    /// How often a cluster is asked for its map when nothing goes wrong.
    package var clusterRefreshInterval = Duration.seconds(10)

    /// The defaults, at this server.
    public init(server: RedisServer) {
        self.server = server
    }

    /// - Throws: `invalidConfiguration`, naming the setting.
    package func validate() throws(SessionRepositoryError) {
        try policy.validate()
        try revocationJournal?.validate()
        try nearCache?.validate()
        try roleCheck.validate()
        try observability.validate()
        try RedisTLS.check(server)
        try validateCredentials()
        _ = try AddressMap(addressMap)
        let printable = UInt8(ascii: "!")...UInt8(ascii: "~")
        guard (1...64).contains(keyPrefix.utf8.count),
            keyPrefix.utf8.allSatisfy({ printable.contains($0) && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") })
        else {
            throw .invalidConfiguration(
                setting: "keyPrefix", problem: "it must be 1 to 64 printable ASCII characters without braces")
        }
        guard (1...64).contains(clientName.utf8.count), clientName.utf8.allSatisfy(printable.contains) else {
            throw .invalidConfiguration(
                setting: "clientName", problem: "it must be 1 to 64 printable ASCII characters without spaces")
        }
        guard deployment.map({ (1...64).contains($0.utf8.count) && $0.utf8.allSatisfy(printable.contains) }) ?? true
        else {
            throw .invalidConfiguration(
                setting: "deployment", problem: "it must be 1 to 64 printable ASCII characters without spaces")
        }
        for (setting, timeout) in [("commandTimeout", commandTimeout), ("connectTimeout", connectTimeout)] {
            guard timeout >= .milliseconds(1), timeout <= .seconds(3600) else {
                throw .invalidConfiguration(setting: setting, problem: "it must be one millisecond to one hour")
            }
        }
        guard (1...1_000_000).contains(maximumQueuedCommands) else {
            throw .invalidConfiguration(setting: "maximumQueuedCommands", problem: "it must be 1 to 1,000,000")
        }
        guard authorizeAttributes.count <= InputLimits.attributeCount,
            authorizeAttributes.allSatisfy({ (1...InputLimits.attributeNameBytes).contains($0.utf8.count) })
        else {
            throw .invalidConfiguration(
                setting: "authorizeAttributes", problem: "at most 32 names of 1 to 64 bytes")
        }
    }
}

extension RedisSessionRepositoryConfiguration {
    private func validateCredentials() throws(SessionRepositoryError) {
        try credentials?.validate(naming: "credentials")
        try sentinelCredentials?.validate(naming: "sentinelCredentials")
        guard credentials == nil || server.password == nil else {
            throw .invalidConfiguration(setting: "credentials", problem: "the server has a password too")
        }
        guard sentinelCredentials != nil else { return }
        guard server.sentinelPassword == nil else {
            throw .invalidConfiguration(
                setting: "sentinelCredentials", problem: "the server has a password for the Sentinels too")
        }
        guard case .sentinel = server.topology else {
            throw .invalidConfiguration(
                setting: "sentinelCredentials", problem: "the server is not found through Sentinels")
        }
    }

    /// What a client needs to log in.
    func addCredentials(to settings: inout RedisClientConfiguration) {
        settings.credentials = credentials?.source
        settings.sentinelCredentials = sentinelCredentials?.source
    }
}

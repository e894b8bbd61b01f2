/// How to reach Redis, and how patient to be with it.
package struct RedisClientConfiguration: Sendable {
    package var topology: RedisTopology
    package var username: String?
    package var password: Secret?
    /// Asked at each handshake, in place of a user and a password that are always the same.
    package var credentials: CredentialSource?
    package var database = 0
    /// For the sentinels themselves, which have users of their own.
    package var sentinelUsername: String?
    package var sentinelPassword: Secret?
    package var sentinelCredentials: CredentialSource?
    package var clientName: String?
    /// `nil` for a connection in plain text.
    package var tls: TLSSettings?
    /// From the call to its answer, waiting for a connection included.
    package var commandTimeout = Duration.seconds(1)
    /// One attempt: from the first packet to the end of AUTH, CLIENT SETNAME and SELECT.
    package var connectTimeout = Duration.seconds(1)
    /// How far past its deadline the oldest sent command may be before the connection is given up as dead.
    package var stallMargin = Duration.milliseconds(500)
    package var maximumQueuedCommands = 16_384
    package var maximumQueuedBytes = 64 << 20
    /// Sent and unanswered; the rest waits here instead of in hiredis' unbounded buffer.
    package var maximumCommandsInFlight = 4_096
    package var maximumBytesInFlight = 1 << 20
    /// How long a server's word is good that it is a master, and how often a name is looked up again; `nil` for servers that
    /// need not say so.
    package var roleCheckInterval: Duration? = .seconds(2)
    /// Whether a server need not be a master at all: for those who look at servers.
    package var acceptsReplicas = false
    /// The numeric addresses of a name; `nil` asks the system's resolver.
    package var resolve: (@Sendable (String) -> [String])?
    /// Where the addresses are reached that cluster nodes and sentinels announce.
    package var addressMap = AddressMap()
    /// How often a cluster is asked for its map when nothing goes wrong, give or take a quarter. A node that is cut off answers
    /// without an error: only other nodes know better. Go-redis has the same default.
    package var clusterRefreshInterval = Duration.seconds(10)
    /// What is taken for granted instead of being proved; for negative controls only.
    package var assumptions: Assumptions = []
    /// The command whose answer proves the replies before it.
    var nonces = NonceCommand.Name.echo

    /// How long `shutdown` waits for answers before it closes.
    package var drainTimeout = Duration.seconds(2)

    /// What the connection listens to. It then connects at once, reconnects by itself, and takes no command but PING.
    package var subscription: RedisSubscription?

    /// Makes whoever is told of changes to what is read from a server: one for each server. `nil` where nobody is.
    package var tracking: (@Sendable () -> any RedisChangeListener)?

    /// Of the client that goes by this configuration.
    var connectionCounts = ConnectionCounts()
    var failingConnections = FailingConnections()

    /// What the client's own keys begin with.
    package var keyPrefix = "redis-client"
    /// What is kept of writes that replicas may not have; `nil` keeps nothing.
    package var journal: WriteJournal.Limits?

    package init(topology: RedisTopology) {
        self.topology = topology
    }

    package init(endpoint: RedisEndpoint) {
        topology = .server(endpoint)
    }

    /// A key of the client's own in the same slot as another one.
    func ownKey(_ kind: String, beside key: String) -> String {
        "\(keyPrefix):\(kind):{\(Substring(HashSlot.hashed(key)))}"
    }

    /// The same for the sentinels.
    var forSentinels: RedisClientConfiguration {
        var settings = self
        settings.username = sentinelUsername
        settings.password = sentinelPassword
        settings.credentials = sentinelCredentials
        settings.database = 0
        settings.subscription = nil
        settings.nonces = .unsubscribe
        settings.roleCheckInterval = nil
        settings.commandTimeout = connectTimeout
        return settings
    }
}

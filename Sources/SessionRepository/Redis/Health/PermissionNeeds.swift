/// What an operation needs to be permitted: each of these commands on each of these kinds of keys.
struct PermissionNeed {
    /// A kind of key, as the key space spells it between prefix and tag.
    enum Kind: String, CaseIterable {
        case session, user, account, chain, grant, org, admin, absent, everyone, operation
        case revokedGrant = "grant-revoked"
        case grantSessions = "grant-sessions"
    }

    let operation: RepositoryOperation
    let commands: [String]
    /// Empty for commands that are about no key.
    let kinds: [Kind]

    private init(_ operation: RepositoryOperation, _ commands: String, on kinds: Kind...) {
        self.operation = operation
        self.commands = commands.split(separator: " ").map(String.init)
        self.kinds = kinds
    }

    /// The script of an operation uses no other commands; a test compares.
    static let all = [
        PermissionNeed(.authorize, "HMGET", on: .session),
        PermissionNeed(.authorize, "EVALSHA HMGET SISMEMBER", on: .grant, .grantSessions),
        PermissionNeed(.findSession, "HGETALL", on: .session),
        PermissionNeed(.refreshTokenChainState, "GET", on: .chain),
        PermissionNeed(.findSupportAccessGrant, "HGETALL", on: .grant),
        PermissionNeed(.currentTime, "TIME"),
        // Proves the replies to every operation; named once.
        PermissionNeed(.authorize, "ECHO"),
        PermissionNeed(.touch, "EVALSHA EXISTS HDEL HMGET HSET PEXPIREAT", on: .session),
        PermissionNeed(.touch, "PEXPIREAT ZADD ZCARD ZREVRANGE", on: .user),
        PermissionNeed(.updateSession, "EVALSHA EXISTS HDEL HGETALL HMGET HSET", on: .session),
        PermissionNeed(.elevateSession, "EVALSHA EXISTS HGETALL HMGET HSET", on: .session),
        PermissionNeed(.createSession, "EVALSHA DEL EXISTS HMGET HSET PEXPIRE PEXPIREAT HGET", on: .session),
        PermissionNeed(
            .createSession, "PEXPIREAT ZADD ZCOUNT ZRANGEBYSCORE ZREM ZREMRANGEBYSCORE ZREVRANGE", on: .user),
        PermissionNeed(.createSession, "DEL EXISTS SET", on: .chain),
        PermissionNeed(.createSession, "HGET HSET PEXPIRE", on: .account),
        PermissionNeed(.createSession, "HGET", on: .everyone),
        PermissionNeed(.beginLogin, "EVALSHA HGET", on: .account, .everyone),
        PermissionNeed(.createSession, "EVALSHA HMGET PEXPIREAT SADD SISMEMBER SREM", on: .grant, .grantSessions),
        PermissionNeed(.findActiveSessionsByUser, "HGETALL HMGET", on: .session),
        PermissionNeed(
            .findActiveSessionsByUser,
            "EVALSHA EXISTS PEXPIREAT ZRANGEBYSCORE ZREM ZREMRANGEBYSCORE ZREVRANGE", on: .user),
        PermissionNeed(.terminateSession, "EVALSHA EXISTS HMGET HSET PEXPIRE", on: .session),
        PermissionNeed(.terminateSession, "PEXPIREAT ZREM ZREVRANGE", on: .user),
        PermissionNeed(.terminateSession, "DEL SET", on: .chain),
        PermissionNeed(.terminateAllSessionsByUser, "HMGET HSET PEXPIREAT", on: .session),
        PermissionNeed(.terminateAllSessionsByUser, "EVALSHA PEXPIREAT ZRANGE ZREM ZREVRANGE", on: .user),
        PermissionNeed(.terminateAllSessionsByUser, "SET", on: .chain),
        PermissionNeed(.terminateAllSessionsByUser, "DEL HDEL HMGET HSET PEXPIRE", on: .account),
        PermissionNeed(.terminateAllSessionsByUser, "GET SET", on: .operation),
        PermissionNeed(.renewSession, "EVALSHA EXISTS HGETALL HMGET HSET PEXPIRE PEXPIREAT", on: .session),
        PermissionNeed(.renewSession, "PEXPIREAT ZADD ZCARD ZREM ZREVRANGE", on: .user),
        PermissionNeed(.renewSession, "DEL EXISTS SET", on: .chain),
        PermissionNeed(.renewSession, "HGET HSET PEXPIRE", on: .account),
        PermissionNeed(.renewSession, "HGET", on: .everyone),
        PermissionNeed(.shortenSession, "EVALSHA DEL EXISTS HMGET HSET PEXPIREAT PTTL", on: .session),
        PermissionNeed(.shortenSession, "PEXPIREAT ZADD ZCARD ZREM ZREVRANGE", on: .user),
        PermissionNeed(.terminateAllSessions, "SCAN TIME"),
        PermissionNeed(.terminateAllSessions, "EVALSHA DEL HDEL HGET HMGET HSET PEXPIRE", on: .everyone),
        PermissionNeed(.rotateRefreshToken, "EVALSHA EXISTS HDEL HMGET HSET PEXPIRE PEXPIREAT", on: .session),
        PermissionNeed(.rotateRefreshToken, "PEXPIREAT ZADD ZCARD ZREM ZREVRANGE", on: .user),
        PermissionNeed(.rotateRefreshToken, "DEL EXISTS SET", on: .chain),
        PermissionNeed(.invalidateRefreshTokenChain, "EVALSHA DEL EXISTS SET", on: .chain),
        PermissionNeed(.invalidateRefreshTokenChain, "HMGET", on: .session),
        PermissionNeed(.saveSupportAccessGrant, "EVALSHA EXISTS HDEL HMGET HSET PEXPIREAT", on: .grant),
        PermissionNeed(
            .saveSupportAccessGrant, "EVALSHA PEXPIREAT ZADD ZREMRANGEBYSCORE ZREVRANGE ZSCORE", on: .admin),
        PermissionNeed(
            .saveSupportAccessGrant, "PEXPIREAT ZADD ZCOUNT ZREMRANGEBYSCORE ZREVRANGE", on: .org),
        PermissionNeed(.saveSupportAccessGrant, "EXISTS", on: .revokedGrant),
        PermissionNeed(.saveSupportAccessGrant, "PEXPIREAT SADD SMEMBERS SREM", on: .grantSessions),
        PermissionNeed(.extendSupportAccessGrant, "EVALSHA EXISTS HDEL HMGET HSET PEXPIREAT", on: .grant),
        PermissionNeed(
            .extendSupportAccessGrant, "EVALSHA PEXPIREAT ZADD ZREMRANGEBYSCORE ZREVRANGE ZSCORE", on: .admin),
        PermissionNeed(
            .extendSupportAccessGrant, "PEXPIREAT ZADD ZCOUNT ZREMRANGEBYSCORE ZREVRANGE", on: .org),
        PermissionNeed(.extendSupportAccessGrant, "EXISTS", on: .revokedGrant),
        PermissionNeed(.extendSupportAccessGrant, "PEXPIREAT SADD SMEMBERS SREM", on: .grantSessions),
        PermissionNeed(.listSupportAccessGrants, "HGETALL EXISTS", on: .grant),
        PermissionNeed(
            .listSupportAccessGrants, "EVALSHA PEXPIREAT ZRANGEBYSCORE ZREM ZREMRANGEBYSCORE ZREVRANGE", on: .org),
        PermissionNeed(.listSupportAccessGrants, "EVALSHA ZRANGE", on: .admin),
        PermissionNeed(.revokeSupportAccessGrant, "EVALSHA DEL EXISTS GET HMGET", on: .grant),
        PermissionNeed(.revokeSupportAccessGrant, "ZREM", on: .admin),
        PermissionNeed(.revokeSupportAccessGrant, "DEL EXISTS GET SET", on: .revokedGrant),
        PermissionNeed(.revokeSupportAccessGrant, "DEL EXISTS PEXPIREAT SMEMBERS SREM", on: .grantSessions),
        PermissionNeed(.revokeSupportAccessGrant, "PEXPIREAT ZREM ZREVRANGE", on: .org),
        PermissionNeed(.revokeSupportAccessGrants, "SCAN"),
        PermissionNeed(.revokeSupportAccessGrants, "EVALSHA DEL EXISTS GET HMGET", on: .grant),
        PermissionNeed(.revokeSupportAccessGrants, "DEL EXISTS GET SET", on: .revokedGrant),
        PermissionNeed(.revokeSupportAccessGrants, "DEL EXISTS PEXPIREAT SMEMBERS SREM", on: .grantSessions),
        PermissionNeed(.revokeSupportAccessGrants, "EVALSHA PEXPIREAT ZRANGE ZREM ZREVRANGE", on: .org),
        PermissionNeed(.revokeSupportAccessGrants, "EVALSHA ZRANGE ZREM", on: .admin),
        PermissionNeed(.deleteExpiredSupportAccessGrants, "SCAN"),
        PermissionNeed(
            .deleteExpiredSupportAccessGrants, "EVALSHA PEXPIREAT ZADD ZREMRANGEBYSCORE ZREVRANGE ZSCORE", on: .admin),
        PermissionNeed(
            .deleteExpiredSupportAccessGrants,
            "EVALSHA EXISTS PEXPIREAT ZRANGE ZRANGEBYSCORE ZREM ZREMRANGEBYSCORE ZREVRANGE", on: .org),
        PermissionNeed(.deleteExpiredSupportAccessGrants, "HGETALL", on: .grant),
        PermissionNeed(.deleteExpiredSupportAccessGrants, "EXISTS", on: .grant, .grantSessions),
        PermissionNeed(.events, "PING PUBLISH SUBSCRIBE UNSUBSCRIBE"),
    ]
}

/// One thing that a user may or may not do.
struct Permission: Hashable {
    let command: String
    /// `nil` for a command that is about no key.
    let kind: PermissionNeed.Kind?

    /// The whole command, which is about nothing that exists.
    func words(_ keys: KeySpace) -> [String] {
        let key = kind.map(keys.sample) ?? ""
        return switch command {
        case "TIME", "PING": [command]
        case "ECHO": [command, "x"]
        case "SCAN": [command, "0"]
        case "PUBLISH": [command, keys.events, "x"]
        case "SUBSCRIBE", "UNSUBSCRIBE": [command, keys.events]
        case "EVALSHA": [command, String(repeating: "0", count: 40), "1", key]
        // Of the first two, more words would be more keys.
        case "DEL", "EXISTS", "GET", "HGETALL", "PTTL", "SMEMBERS", "ZCARD": [command, key]
        default: [command, key, "x", "x"]
        }
    }
}

extension PermissionNeed {
    var permissions: [Permission] {
        commands.flatMap { command in
            kinds.isEmpty
                ? [Permission(command: command, kind: nil)]
                : kinds.map { Permission(command: command, kind: $0) }
        }
    }
}

extension KeySpace {
    /// A key of that kind that nobody has.
    func sample(_ kind: PermissionNeed.Kind) -> String {
        switch kind {
        case .everyone: everyone(beside: HashTag(owner: ""))
        case .user, .account, .org, .admin: "\(prefix):\(kind.rawValue):{00000000}:doctor"
        default: "\(prefix):\(kind.rawValue):{00000000}.doctor"
        }
    }

    /// What an access list calls them.
    func rule(_ kind: PermissionNeed.Kind) -> String {
        // On one server it has no tag.
        kind == .everyone ? "~\(prefix):everyone*" : "~\(prefix):\(kind.rawValue):*"
    }
}

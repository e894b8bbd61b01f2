import Foundation
import RedisClient
import Testing

@testable import SessionRepository

/// What an operator sees with redis-cli.
extension Store {
    /// Redis' clock in Unix milliseconds.
    func now() async throws -> Int64 {
        try #require(try await repository.currentTime().unixMilliseconds)
    }

    /// Waits until Redis' clock shows another millisecond.
    func nextMillisecond() async throws {
        let start = try await now()
        while try await now() <= start {}
    }

    /// HGETALL.
    func hash(_ key: String) async throws -> [String: String] {
        let fields = try await redis.send("HGETALL", key).strings
        var hash: [String: String] = [:]
        for position in stride(from: 0, to: fields.count - 1, by: 2) { hash[fields[position]] = fields[position + 1] }
        return hash
    }

    /// When the key expires, in Unix milliseconds; -1 for never, -2 when there is no such key.
    func expiry(of key: String) async throws -> Int64 {
        try #require(try await redis.send("EVAL", Self.end, "1", key).integer)
    }

    /// PEXPIRETIME, which Redis has from version 7 on.
    private static let end = """
        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        local left, before
        repeat
          before = now()
          left = redis.call('PTTL', KEYS[1])
        until now() == before
        return left < 0 and left or before + left
        """

    /// Milliseconds until the key expires.
    func remaining(of key: String) async throws -> Int64 {
        try #require(try await redis.send("PTTL", key).integer)
    }

    func exists(_ key: String) async throws -> Bool {
        try await redis.send("EXISTS", key) == .integer(1)
    }

    /// The sorted set's member's score.
    func score(of member: String, in key: String) async throws -> Int64? {
        try await redis.send("ZSCORE", key, member).string.flatMap(Int64.init)
    }

    func members(of index: String) async throws -> [String] {
        try await redis.send("ZRANGE", index, "0", "-1").strings
    }

    /// Every key of this store with its content and its expiry: two equal snapshots mean that nothing was written.
    func snapshot() async throws -> [String: [RedisValue]] {
        var snapshot: [String: [RedisValue]] = [:]
        for key in try await redis.keys(matching: "\(prefix):*") {
            // DUMP is binary: its digest is enough.
            let digest = try await redis.send("EVAL", Self.content, "1", key)
            snapshot[key] = [digest, .integer(try await expiry(of: key))]
        }
        return snapshot
    }

    private static let content = "return redis.sha1hex(redis.call('DUMP', KEYS[1]) or '')"

    /// Writes a field with bytes that are no UTF-8.
    func spoil(_ key: String, field: String) async throws {
        let script = "return redis.call('HSET', KEYS[1], ARGV[1], 'a\\255\\254z')"
        try await redis.send("EVAL", script, "1", key, field)
    }

    /// Makes `key` a string that lives for a minute, whatever it was.
    func makeString(_ key: String) async throws {
        try await redis.send("SET", key, "not what it should be", "PX", "60000")
    }
}

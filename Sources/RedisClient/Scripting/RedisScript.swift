import Crypto

/// A Lua script. Sent by its digest; the server learns the text when it says that it does not know it.
package struct RedisScript: Sendable {
    package let source: String
    /// SHA-1 in hexadecimal, Redis' name for the script. Not a security measure.
    package let digest: String

    package init(source: String) {
        self.source = source
        digest = Insecure.SHA1.hash(data: Array(source.utf8))
            .flatMap { [$0 >> 4, $0 & 0xF] }
            .map { String($0, radix: 16) }
            .joined()
    }
}

extension RedisClient {
    /// Runs a script: EVALSHA, and one EVAL after NOSCRIPT, which also loads the script for the next time.
    package func run<Value: Sendable>(
        _ script: RedisScript,
        keys: [String],
        arguments: [String],
        isIdempotent: Bool = true,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(RedisError) -> Value {
        let parameters = [String(keys.count)] + keys + arguments
        do {
            return try await execute(
                RedisCommand(["EVALSHA", script.digest] + parameters), isIdempotent: isIdempotent, decode: decode)
        } catch .server("NOSCRIPT", _) {
            return try await execute(
                RedisCommand(["EVAL", script.source] + parameters), isIdempotent: isIdempotent, decode: decode)
        }
    }
}

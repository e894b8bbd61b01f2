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

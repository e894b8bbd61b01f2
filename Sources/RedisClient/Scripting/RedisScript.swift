import Crypto

/// A Lua script. Sent by its digest; the server learns the text when it says that it does not know it.
///
/// It takes two arguments more than its body uses, the last ones: the number of the database, which the body finds in the
/// variable `database`, and the number of the operation. It answers with two elements, that number and what the body
/// returns, so that each answer proves which call it answers.
package struct RedisScript: Sendable {
    /// What is sent: the body and what is around it.
    package let source: String
    /// SHA-1 in hexadecimal, Redis' name for the script. Not a security measure.
    package let digest: String

    /// - Parameter source: the body. It finds only its own arguments in ARGV, and may return anything, or nothing.
    package init(source body: String) {
        source = Self.head + body + Self.tail
        digest = Insecure.SHA1.hash(data: Array(source.utf8))
            .flatMap { [$0 >> 4, $0 & 0xF] }
            .map { String($0, radix: 16) }
            .joined()
    }

    // On the body's first line, so that errors name the body's own lines. A function, because the body returns from many
    // places. An array would end before a nil.
    private static let head =
        "local operation = table.remove(ARGV) local database = table.remove(ARGV) local function body() "
    private static let tail = "\nend\nreturn {operation, body() or false}"
}

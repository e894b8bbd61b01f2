/// A script with its keys and arguments.
package struct ScriptCall: Sendable {
    package let script: RedisScript
    package let keys: [String]
    package let arguments: [String]

    package init(_ script: RedisScript, keys: [String], arguments: [String]) {
        self.script = script
        self.keys = keys
        self.arguments = arguments
    }

    private var parameters: [String] { [String(keys.count)] + keys + arguments }

    /// EVALSHA: short, but the server may not know the script.
    var byDigest: RedisCommand { RedisCommand(["EVALSHA", script.digest] + parameters) }

    /// EVAL: also makes the script known for the next time.
    var bySource: RedisCommand { RedisCommand(["EVAL", script.source] + parameters) }

    /// What it is about. Of two about the same, the later one stands for both: what has further arguments of weight names
    /// them first.
    struct Subject: Hashable, Sendable {
        let digest: String
        let keys: [String]
        let first: String?
    }

    var subject: Subject { Subject(digest: script.digest, keys: keys, first: arguments.first) }

    /// Where its keys lie.
    var slot: HashSlot { HashSlot(key: keys.first ?? "") }
}

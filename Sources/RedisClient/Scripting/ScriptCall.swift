/// A script with its keys and arguments.
package struct ScriptCall: Sendable {
    package let script: RedisScript
    package let keys: [String]
    package let arguments: [String]
    /// How far it reaches, where that differs between two about the same.
    let reach: Int64
    /// The number of the database, which a script cannot learn.
    private var database = 0

    package init(_ script: RedisScript, keys: [String], arguments: [String], reach: Int64 = 0) {
        self.script = script
        self.keys = keys
        self.arguments = arguments
        self.reach = reach
    }

    private func parameters(_ number: OperationNumber) -> [String] {
        [String(keys.count)] + keys + arguments + [String(database), number.text]
    }

    /// As it is run in that database. In a cluster with one more key, `absent`.
    func inDatabase(_ database: Int, absent: String? = nil) -> ScriptCall {
        var call = ScriptCall(script, keys: keys + [absent].compactMap(\.self), arguments: arguments, reach: reach)
        call.database = database
        return call
    }

    /// EVALSHA: short, but the server may not know the script.
    func byDigest(_ number: OperationNumber) -> RedisCommand {
        RedisCommand(["EVALSHA", script.digest] + parameters(number))
    }

    /// EVAL: also makes the script known for the next time.
    func bySource(_ number: OperationNumber) -> RedisCommand {
        RedisCommand(["EVAL", script.source] + parameters(number))
    }

    /// For calls whose result is ignored.
    var byDigest: RedisCommand { byDigest(.unread) }

    /// For calls whose result is ignored.
    var bySource: RedisCommand { bySource(.unread) }

    /// The memory that it takes in a journal, about: the strings, those that are too long to lie within the array with their
    /// header, and the places in the journal's tables. The script's text is shared.
    var footprint: Int {
        (keys + arguments).reduce(512) { sum, text in
            sum + MemoryLayout<String>.stride + (text.utf8.count > 15 ? text.utf8.count + 48 : 0)
        }
    }

    /// What it is about. Of two about the same, one stands for both: what has further arguments of weight names them first.
    struct Subject: Hashable, Sendable {
        let digest: String
        let keys: [String]
        let first: String?
    }

    var subject: Subject { Subject(digest: script.digest, keys: keys, first: arguments.first) }

    /// Which of two about the same stands for both: the one that reaches further or says more, or else the later one. The
    /// later one may be the repetition of something that is older than both.
    func standing(for earlier: ScriptCall) -> ScriptCall {
        (earlier.reach, earlier.arguments.count) > (reach, arguments.count) ? earlier : self
    }

    /// Where its keys lie.
    var slot: HashSlot { HashSlot(key: keys.first ?? "") }
}

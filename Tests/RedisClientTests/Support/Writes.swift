@testable import RedisClient

/// Made-up writes for a journal.
enum Writes {
    static let script = RedisScript(source: "return 1")
    static let otherScript = RedisScript(source: "return 2")

    static func call(_ number: Int, _ script: RedisScript = script) -> ScriptCall {
        ScriptCall(script, keys: ["{\(number)}"], arguments: [])
    }

    static func call(_ number: Int, weighing bytes: Int) -> ScriptCall {
        ScriptCall(script, keys: ["{\(number)}"], arguments: [String(repeating: "x", count: bytes)])
    }

    static func journal(
        entries: Int, maximum: Int = 1_000_000, bytes: Int = .max, age: Duration = .seconds(3600)
    ) -> WriteJournal {
        let journal = WriteJournal(limits: .init(maximumEntries: maximum, maximumBytes: bytes, maximumAge: age))
        for number in 0..<entries { journal.add(call(number)) }
        return journal
    }
}

extension WriteJournal {
    /// The numbers that the writes were made with.
    var writes: [String] { entries.map { $0.write.keys[0] } }
}

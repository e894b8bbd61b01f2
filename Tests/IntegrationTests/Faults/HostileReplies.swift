import TestSupport

/// Replies as a mad or hostile server makes them up: well-formed nonsense, and sense with damage.
struct HostileReplies {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func next() -> [UInt8] {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: Array(nonsense(depth: 0).utf8)
        case 1: bytes(Int.random(in: 1...64, using: &random))
        case 2: Array(String(repeating: "*1\r\n", count: Int.random(in: 1...200, using: &random)).utf8) + next()
        case 3: damaged(Self.sense.randomElement(using: &random) ?? "")
        case 4: Array(Self.lies.randomElement(using: &random)?.utf8 ?? "".utf8)
        default: Array((Self.sense.randomElement(using: &random) ?? "").utf8)
        }
    }

    /// What the repository's commands and scripts are answered with, for one or the other of them.
    private static let sense = [
        "+OK\r\n", ":1\r\n", "$-1\r\n", "*0\r\n", "-NOSCRIPT No matching script\r\n", "-ERR x\r\n", "-OOM full\r\n",
        "-MOVED 1 127.0.0.1:1\r\n", "-READONLY You can't\r\n", "$7\r\ncorrupt\r\n", "$10\r\nterminated\r\n",
        "*4\r\n$7\r\ncreated\r\n:1700000000000\r\n:1700000000000\r\n:1800000000000\r\n",
        "*3\r\n$7\r\ncorrupt\r\n$1\r\nk\r\n$1\r\np\r\n", "*2\r\n$1\r\n0\r\n*1\r\n$12\r\nsr:user:{x}:y\r\n",
        "*13\r\n$7\r\nuser-42\r\n$6\r\nactive\r\n$-1\r\n$-1\r\n$-1\r\n$13\r\n1700000000000\r\n$-1\r\n"
            + "$13\r\n1700000000000\r\n$13\r\n1800000000000\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n",
        "*3\r\n:1\r\n$22\r\nAAAAAAAAAAAAAAAAAAAAAA\r\n*2\r\n$4\r\nuser\r\n$1\r\nu\r\n",
        "*3\r\n$7\r\nrotated\r\n:4\r\n$-1\r\n", "*3\r\n$10\r\nunderGrant\r\n$1\r\ng\r\n$1\r\nu\r\n",
        "*3\r\n$7\r\nmessage\r\n$11\r\nsr:events:0\r\n$2\r\n{}\r\n", "*2\r\n$10\r\n1700000000\r\n$6\r\n123456\r\n",
    ]

    /// Lengths and numbers that nobody means.
    private static let lies = [
        "*2147483647\r\n", "*-2\r\n", "*9223372036854775807\r\n", "$2147483647\r\nx", "$-7\r\n",
        "$9223372036854775808\r\n", ":9223372036854775807\r\n", ":99999999999999999999\r\n", ":-\r\n", "*\r\n", "$\r\n",
        "*1048577\r\n", "*1000000\r\n:1\r\n", "%1\r\n+a\r\n:1\r\n", "_\r\n", "#t\r\n", ",1.5\r\n", "(1\r\n",
        "~1\r\n:1\r\n",
        ">2\r\n+message\r\n+x\r\n", "=5\r\ntxt:x\r\n", "!3\r\nERR\r\n", "|1\r\n+a\r\n+b\r\n:1\r\n", "$5\r\nabc\r\n\r\n",
    ]

    private mutating func nonsense(depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 9 ? 6 : 5), using: &random) {
        case 0: "+\(word())\r\n"
        case 1: "-\(word().uppercased()) \(word())\r\n"
        case 2: ":\(Int64.random(in: .min ... .max, using: &random))\r\n"
        case 3: "$-1\r\n"
        case 4:
            {
                let text = word()
                return "$\(text.utf8.count)\r\n\(text)\r\n"
            }()
        default: array(depth: depth + 1)
        }
    }

    private mutating func array(depth: Int) -> String {
        let count = Int.random(in: 0...4, using: &random)
        var text = "*\(count)\r\n"
        for _ in 0..<count { text += nonsense(depth: depth) }
        return text
    }

    private mutating func word() -> String {
        ["", "corrupt", "created", "user", "active", "ü", "1700000000000", "-1", "e\u{301}", "revoked"]
            .randomElement(using: &random) ?? ""
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func damaged(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
            default: if bytes.count > 1 { bytes.remove(at: position) }
            }
        }
        return bytes
    }
}

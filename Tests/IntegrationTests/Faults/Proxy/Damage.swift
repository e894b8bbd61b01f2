import TestSupport

/// What becomes of single replies on their way to the client. Each piece stays well-formed; the stream does not.
struct Damage: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        /// One reply is missing.
        case swallow
        /// One reply comes twice.
        case double
        /// An error that answers nothing comes before a reply.
        case insertError
        /// A push of RESP3 comes before a reply.
        case insertPush
        /// One reply is missing and the next one comes twice: the number of replies is right. Never across a nonce.
        case swap
    }

    enum Target: Hashable, Sendable {
        /// Connections that answer commands.
        case commands
        /// Connections that are subscribed to something; of these only what is no message.
        case listening
    }

    var kind: Kind
    var target = Target.commands
    /// One reply in so many, by the proxy's random numbers.
    var oneIn = 50
    /// How many replies are hit from when the rule begins.
    var limit = 1
    /// Only connections of the client that calls itself so; `nil` for all.
    var client: String?

    static func again(_ kind: Kind, _ target: Target = .commands, oneIn: Int = 50, client: String? = nil) -> Damage {
        Damage(kind: kind, target: target, oneIn: oneIn, limit: .max, client: client)
    }
}

/// What decides which replies are hit, and counts them. One for all connections of a proxy.
struct DamageDice {
    var random: SplitMix64
    /// Since the rule began.
    var hits = 0

    mutating func falls(on damage: Damage) -> Bool {
        guard hits < damage.limit, Int.random(in: 0..<max(1, damage.oneIn), using: &random) == 0 else { return false }
        hits += 1
        return true
    }
}

/// One connection's replies. It follows the stream from its beginning, so that damage can begin at any time.
struct ReplyDamager {
    private var splitter = ReplySplitter()
    /// How much of the incomplete value the client has already.
    private var passed = 0
    private(set) var isListening = false
    /// A replica follows its master here.
    private var isReplication = false

    /// What goes to the client while there is no damage.
    mutating func pass(_ bytes: [UInt8]) -> [UInt8] {
        guard !isReplication else { return bytes }
        let held = release()
        note(splitter.split(bytes))
        passed = splitter.rest
        return held + bytes
    }

    /// What was held back because it was not complete.
    mutating func release() -> [UInt8] {
        guard !isReplication else { return [] }
        defer { passed = splitter.rest }
        return Array(splitter.incomplete.dropFirst(passed))
    }

    mutating func damage(_ bytes: [UInt8], _ damage: Damage, _ dice: inout DamageDice) -> [UInt8] {
        guard !isReplication else { return bytes }
        let values = splitter.split(bytes)
        let isResynchronized = values.contains { $0.starts(with: Self.fullCopy) || $0.starts(with: Self.partialCopy) }
        guard !splitter.isLost, !isResynchronized else {
            isReplication = true
            return Array((values.joined() + splitter.incomplete).dropFirst(passed))
        }
        var result: [UInt8] = []
        var replacement: [UInt8]?
        for (index, value) in values.enumerated() {
            note([value])
            if passed > 0 {
                // It was on its way when the damage began.
                result += value.dropFirst(passed)
                passed = 0
            } else if let other = replacement.take() {
                result += other
            } else if isHit(value, damage) {
                let next = index + 1 < values.count ? values[index + 1] : nil
                result += Self.hit(value, next: next, damage, &dice, &replacement)
            } else {
                result += value
            }
        }
        return result
    }

    private static func hit(
        _ value: [UInt8], next: [UInt8]?, _ damage: Damage, _ dice: inout DamageDice, _ replacement: inout [UInt8]?
    ) -> [UInt8] {
        if damage.kind == .swap {
            guard let next, !isNonce(value), !isNonce(next), next != value, dice.falls(on: damage) else { return value }
            replacement = next
            return next
        }
        guard dice.falls(on: damage) else { return value }
        return switch damage.kind {
        case .swallow: []
        case .double: value + value
        case .insertError: Array("-ERR x\r\n".utf8) + value
        case .insertPush: Array(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n".utf8) + value
        case .swap: value
        }
    }

    private func isHit(_ value: [UInt8], _ damage: Damage) -> Bool {
        switch damage.target {
        case .commands: !isListening
        case .listening: isListening && !value.starts(with: Self.message)
        }
    }

    private mutating func note(_ values: [[UInt8]]) {
        if splitter.isLost || values.contains(where: { $0.starts(with: Self.fullCopy) }) { isReplication = true }
        guard !isListening else { return }
        isListening = values.contains { $0.starts(with: Self.subscribed) }
    }

    /// Sixteen hexadecimal digits.
    static func isNonce(_ value: [UInt8]) -> Bool {
        value.count == 23 && value.starts(with: "$16\r\n".utf8)
            && value[5..<21].allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    }

    private static let subscribed = Array("*3\r\n$9\r\nsubscribe\r\n".utf8)
    private static let fullCopy = Array("+FULLRESYNC".utf8)
    private static let partialCopy = Array("+CONTINUE".utf8)
    private static let message = Array("*3\r\n$7\r\nmessage\r\n".utf8)
}

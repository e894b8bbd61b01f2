import TestSupport
import Testing

@Suite("The damage to replies")
struct DamageTests {
    private let replies = (0..<40).map { Array("$2\r\n\($0 + 10)\r\n".utf8) }

    @Test("begins and ends between whole replies, whatever pieces the stream comes in", arguments: Damage.Kind.allCases)
    func pieces(_ kind: Damage.Kind) {
        for seed in UInt64(0)..<200 {
            var dice = DamageDice(random: SplitMix64(seed: seed))
            var damager = ReplyDamager()
            var stream = replies.joined()[...]
            var received: [UInt8] = []
            var turn = 0
            while !stream.isEmpty {
                let piece = Array(stream.prefix(.random(in: 1...24, using: &dice.random)))
                stream = stream.dropFirst(piece.count)
                // A third of the time, in the middle.
                let isDamaging = turn % 9 >= 3 && turn % 9 < 6
                received += isDamaging ? damager.damage(piece, .again(kind, oneIn: 2), &dice) : damager.pass(piece)
                turn += 1
            }
            received += damager.release()
            var splitter = ReplySplitter()
            let values = splitter.split(received)
            #expect(!splitter.isLost && splitter.rest == 0, "seed \(seed)")
            let change = kind == .swap ? 0 : kind == .swallow ? -dice.hits : dice.hits
            #expect(values.count == replies.count + change, "seed \(seed)")
        }
    }

    @Test("leaves nonces where they are when it swaps")
    func nonces() {
        let nonce = Array("$16\r\n0123456789abcdef\r\n".utf8)
        #expect(ReplyDamager.isNonce(nonce))
        var dice = DamageDice(random: SplitMix64(seed: 1))
        var damager = ReplyDamager()
        let stream = replies.flatMap { $0 + nonce }
        #expect(damager.damage(stream, .again(.swap, oneIn: 1), &dice) == stream)
        #expect(dice.hits == 0)
    }

    @Test("hits listening connections or the others, and no message")
    func targets() {
        let subscribed = Array("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n".utf8)
        let message = Array("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n".utf8)
        let pong = Array("*2\r\n$4\r\npong\r\n$0\r\n\r\n".utf8)
        let stream = subscribed + message + pong
        for (target, rest) in [(Damage.Target.commands, stream), (.listening, subscribed + message)] {
            var dice = DamageDice(random: SplitMix64(seed: 1))
            var damager = ReplyDamager()
            let begin = damager.pass(subscribed)
            #expect(begin + damager.damage(message + pong, .again(.swallow, target, oneIn: 1), &dice) == rest)
        }
    }
}

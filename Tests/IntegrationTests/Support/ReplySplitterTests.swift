import TestSupport
import Testing

@Suite("The splitter of replies")
struct ReplySplitterTests {
    private static let values = [
        "+OK\r\n", "-ERR a problem\r\n", ":-7\r\n", "$0\r\n\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "$6\r\na\r\n*1\n\r\n",
        "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n*2\r\n:1\r\n*0\r\n", "*2\r\n*2\r\n*1\r\n$-1\r\n+a\r\n*-1\r\n",
        ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n",
        "$20000\r\n\(String(repeating: "0123456789", count: 2_000))\r\n",
    ].map { Array($0.utf8) }

    @Test("finds each value, whatever pieces the stream comes in")
    func pieces() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for longest in [1, 2, 7, 4096, 1 << 20] {
            var splitter = ReplySplitter()
            var stream = Self.values.joined()[...]
            var found: [[UInt8]] = []
            while !stream.isEmpty {
                let piece = stream.prefix(.random(in: 1...longest, using: &random))
                found += splitter.split(piece)
                stream = stream.dropFirst(piece.count)
            }
            #expect(found == Self.values, "seed \(seed), pieces up to \(longest) bytes")
            #expect(splitter.rest == 0 && !splitter.isLost)
        }
    }

    @Test("holds an incomplete value back")
    func incomplete() {
        for value in Self.values {
            var splitter = ReplySplitter()
            #expect(splitter.split(value.dropLast()) == [])
            #expect(splitter.split(value.suffix(1)) == [value])
        }
    }

    @Test(
        "passes on unchanged what is not RESP",
        arguments: ["hello\r\nworld", "+OK\r\n$x\r\n:1\r\n", "*1\r\n$9999999999\r\nabc", "*1\r\n_\r\n:1\r\n"])
    func otherStreams(_ text: String) {
        var splitter = ReplySplitter()
        let first = splitter.split(text.utf8)
        #expect(splitter.isLost)
        #expect(Array(first.joined()) == Array(text.utf8))
        #expect(splitter.split("more".utf8) == [Array("more".utf8)])
    }

    @Test("names the words of a command")
    func words() {
        #expect(ReplySplitter.words(of: Array("*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n".utf8)) == ["ECHO", "a\r\n"])
        #expect(ReplySplitter.words(of: Array("PING\r\n".utf8)) == [])
    }
}

/// Splits a stream of RESP into whole values, wherever its pieces begin and end. Pure: it holds bytes and does no I/O.
///
/// It knows the types of RESP2 and the push of RESP3. A stream that is anything else is passed on as it comes.
struct ReplySplitter {
    private var bytes: [UInt8] = []
    /// Up to here the bytes belong to the value that is not complete yet.
    private var scanned = 0
    /// How many values, nested ones included, the incomplete value still lacks.
    private var missing = 1
    /// Whether the stream is not RESP. It stays so.
    private(set) var isLost = false

    /// The bytes of a value that is not complete yet.
    var incomplete: [UInt8] { bytes }

    var rest: Int { bytes.count }

    /// - Returns: the values that these bytes complete, in order; each with all its bytes.
    mutating func split(_ more: some Sequence<UInt8>) -> [[UInt8]] {
        bytes.append(contentsOf: more)
        var values: [[UInt8]] = []
        var begin = 0
        while !isLost, let end = nextEnd() {
            values.append(Array(bytes[begin..<end]))
            begin = end
        }
        if isLost {
            values.append(Array(bytes[begin...]))
            begin = bytes.count
        }
        bytes.removeFirst(begin)
        scanned = isLost ? 0 : scanned - begin
        return values.filter { !$0.isEmpty }
    }

    /// Where the value ends that begins at or before `scanned`; `nil` while it is not complete.
    private mutating func nextEnd() -> Int? {
        while missing > 0 {
            guard let line = endOfLine() else { return nil }
            let header = bytes[scanned..<line - 2]
            switch header.first {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"):
                scanned = line
                missing -= 1
            case UInt8(ascii: "$"):
                guard let length = Self.number(header), length < Self.limit else { return lose() }
                let end = length < 0 ? line : line + length + 2
                guard end <= bytes.count else { return nil }
                scanned = end
                missing -= 1
            case UInt8(ascii: "*"), UInt8(ascii: ">"):
                guard let count = Self.number(header), count < Self.limit else { return lose() }
                scanned = line
                missing += max(0, count) - 1
            default: return lose()
            }
        }
        missing = 1
        return scanned
    }

    private mutating func lose() -> Int? {
        isLost = true
        return nil
    }

    /// The index after the line's CR LF.
    private func endOfLine() -> Int? {
        var index = scanned + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n"), bytes[index - 1] == UInt8(ascii: "\r") { return index + 1 }
            index += 1
        }
        return nil
    }

    private static func number(_ header: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: header.dropFirst(), as: UTF8.self))
    }

    private static let limit = 1 << 30
}

extension ReplySplitter {
    /// The words of a command, which is an array of bulk strings.
    static func words(of command: [UInt8]) -> [String] {
        var splitter = ReplySplitter()
        guard command.first == UInt8(ascii: "*"), let line = command.firstIndex(of: UInt8(ascii: "\n")) else {
            return []
        }
        return splitter.split(command[(line + 1)...]).map { bulk in
            guard let line = bulk.firstIndex(of: UInt8(ascii: "\n")) else { return "" }
            return String(decoding: bulk[(line + 1)...].dropLast(2), as: UTF8.self)
        }
    }
}

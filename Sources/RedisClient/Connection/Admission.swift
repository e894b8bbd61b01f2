import Synchronization

/// How much may be on its way through one connection: waiting, sent, or given up but still holding its place in the
/// order of replies. Counted without a lock, in one word: the bytes below, the commands above.
///
/// No more is admitted than the server answers within half of the command's time, as far as the loop knows how fast the server
/// is. The other half is for a server that becomes slower while the command waits.
struct Admission: ~Copyable, Sendable {
    private static let commandsShift: UInt64 = 40
    private static let bytesMask: UInt64 = 1 << commandsShift - 1

    private let maximumCommands: Int
    private let maximumBytes: Int
    private let taken = Atomic<UInt64>(0)
    /// How many nanoseconds the server takes for each; zero when that is not known.
    private let pace = Atomic<Int64>(0)

    /// Limits beyond what a word counts, 8 million commands and half a terabyte, count as those.
    init(maximumCommands: Int, maximumBytes: Int) {
        self.maximumCommands = min(maximumCommands, 1 << 23)
        self.maximumBytes = min(maximumBytes, 1 << 39)
    }

    var commands: Int { Self.commands(taken.load(ordering: .relaxed)) }
    var bytes: Int { Self.bytes(taken.load(ordering: .relaxed)) }

    /// A single command larger than all of `maximumBytes` still passes when nothing else is on its way. Who asks while
    /// somebody else is being refused may be refused too.
    /// - Parameter timeout: from now to its answer.
    func admit(bytes size: Int, timeout: Duration) -> Bool {
        let before = taken.wrappingAdd(Self.word(1, size), ordering: .relaxed).oldValue
        let commands = Self.commands(before)
        if commands < maximumCommands, commands == 0 || Self.bytes(before) + size <= maximumBytes,
            isTime(for: commands, within: timeout)
        {
            return true
        }
        release(commands: 1, bytes: size)
        return false
    }

    private func isTime(for commands: Int, within timeout: Duration) -> Bool {
        let pace = pace.load(ordering: .relaxed)
        // The timeout is looked at only where it counts: it takes a division.
        return pace == 0 || Int64(commands) * pace <= timeout.clampedNanoseconds / 2
    }

    /// - Parameter nanoseconds: for each command; zero for no bound.
    func bound(by nanoseconds: Int64) {
        if nanoseconds != pace.load(ordering: .relaxed) { pace.store(nanoseconds, ordering: .relaxed) }
    }

    func release(commands: Int, bytes: Int) {
        guard commands > 0 || bytes > 0 else { return }
        let left = taken.wrappingSubtract(Self.word(commands, bytes), ordering: .relaxed).newValue
        assert(Self.commands(left) < 1 << 23 + 1 << 22, "more was given back than taken")
    }

    private static func word(_ commands: Int, _ bytes: Int) -> UInt64 {
        UInt64(commands) << commandsShift &+ UInt64(bytes)
    }

    private static func commands(_ word: UInt64) -> Int { Int(word >> commandsShift) }
    private static func bytes(_ word: UInt64) -> Int { Int(word & bytesMask) }
}

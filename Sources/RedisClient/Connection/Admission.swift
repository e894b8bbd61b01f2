/// How much may be on its way through one connection: waiting, sent, or given up but still holding its place in the
/// order of replies.
struct Admission {
    let maximumCommands: Int
    let maximumBytes: Int
    private(set) var commands = 0
    private(set) var bytes = 0

    init(maximumCommands: Int, maximumBytes: Int) {
        self.maximumCommands = maximumCommands
        self.maximumBytes = maximumBytes
    }

    /// A single command larger than all of `maximumBytes` still passes when nothing else is on its way.
    mutating func admit(bytes size: Int) -> Bool {
        guard commands < maximumCommands, commands == 0 || bytes + size <= maximumBytes else { return false }
        commands += 1
        bytes += size
        return true
    }

    mutating func release(commands count: Int, bytes size: Int) {
        commands -= count
        bytes -= size
        assert(commands >= 0 && bytes >= 0)
    }
}

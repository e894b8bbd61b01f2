/// How much may be sent again when connections break: a fifth of what the server has answered, as in Finagle's
/// `RetryBudget`, and a reserve of one full connection. Without it, a server that breaks connections gets
/// the same commands again and again.
struct ResendBudget {
    private static let repliesForOne = 5

    private let most: Int
    /// In replies.
    private var balance: Int

    /// - Parameter reserve: how many commands may be sent again before anything was answered, and are saved up at most.
    init(reserve: Int) {
        most =
            reserve.multipliedReportingOverflow(by: Self.repliesForOne).overflow ? .max : reserve * Self.repliesForOne
        balance = most
    }

    var isLeft: Bool { balance >= Self.repliesForOne }

    mutating func earn(_ replies: Int) {
        balance = replies < most - balance ? balance + replies : most
    }

    /// - Returns: whether one more command may be sent again.
    mutating func spend() -> Bool {
        guard isLeft else { return false }
        balance -= Self.repliesForOne
        return true
    }
}

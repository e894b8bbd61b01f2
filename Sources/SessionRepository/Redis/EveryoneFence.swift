import RedisClient

/// Everyone's epoch as one operation raised it.
struct EveryoneFence: Sendable {
    let operation: OperationID
    /// The epoch's number by the key where it lies.
    private(set) var numbers: [String: Int64] = [:]

    init(_ operation: OperationID) {
        self.operation = operation
    }

    /// What raises it, in the slots of one server.
    /// - Parameter number: the least that the epoch's number may be.
    func raising(_ keys: some Collection<String>, to number: Int64) -> ScriptCall {
        ScriptCall(
            Scripts.raiseEveryone, keys: Array(keys.prefix(1)),
            arguments: [Self.lifetime, String(number), operation.description] + keys.dropFirst())
    }

    mutating func note(_ raised: some Sequence<Int64>, at keys: some Sequence<String>) {
        for (key, number) in zip(keys, raised) { numbers[key] = number }
    }

    /// What a script needs to raise it there once more.
    func arguments(at key: String) -> [String] {
        [String(numbers[key] ?? 0), operation.description, Self.lifetime]
    }

    private static let lifetime = String(InputLimits.longestLifetime.wholeMilliseconds)
}

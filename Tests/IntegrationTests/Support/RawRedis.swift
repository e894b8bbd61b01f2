import RedisClient

/// Any reply as a value, for looking behind the repository's back.
indirect enum RedisValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case string(String)
    case array([RedisValue])

    init(_ reply: borrowing RedisReply) {
        if let integer = reply.integer {
            self = .integer(integer)
        } else if let string = reply.string {
            self = .string(string)
        } else if let count = reply.count {
            self = .array((0..<count).map { RedisValue(reply[$0]) })
        } else {
            self = .null
        }
    }

    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    var integer: Int64? {
        if case .integer(let integer) = self { integer } else { nil }
    }

    var array: [RedisValue] {
        if case .array(let array) = self { array } else { [] }
    }

    var strings: [String] { array.compactMap(\.string) }
}

extension RedisClient {
    /// For tests of the client itself: patient with the server, and soon done with a connection that goes beyond it.
    static func unwrapped(at endpoint: RedisEndpoint, timeout: Duration = .seconds(60)) throws(RedisError)
        -> RedisClient
    {
        var configuration = RedisClientConfiguration(endpoint: endpoint)
        configuration.commandTimeout = timeout
        configuration.stallMargin = .milliseconds(100)
        configuration.drainTimeout = .seconds(60)
        return try RedisClient(configuration: configuration, logger: .quiet)
    }

    /// Sends any command, as an operator would.
    @discardableResult
    func send(_ arguments: String...) async throws(RedisError) -> RedisValue {
        try await send(arguments)
    }

    @discardableResult
    func send(_ arguments: [String]) async throws(RedisError) -> RedisValue {
        let deadline = MonotonicTime.now() + .seconds(20)
        while true {
            do throws(RedisError) {
                return try await execute(
                    RedisCommand(arguments), slot: HashSlot(key: arguments.dropFirst().first ?? "")
                ) { RedisValue($0) }
            } catch .server("LOADING", _) where isCluster && MonotonicTime.now() < deadline {
                // A node that has just been started again.
                do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .cancelled }
            }
        }
    }

    /// Every key that matches, by SCAN of every master; once more when one of them dies meanwhile.
    func keys(matching pattern: String) async throws(RedisError) -> [String] {
        while true {
            do throws(RedisError) {
                return try await scan(pattern)
            } catch .unavailable where isCluster {
                continue
            } catch .outcomeUnknown where isCluster {
                continue
            }
        }
    }

    private func scan(_ pattern: String) async throws(RedisError) -> [String] {
        var found: Set<String> = []
        for partition in try await partitions() {
            var cursor = "0"
            repeat {
                let scan = RedisCommand("SCAN", cursor, "MATCH", pattern, "COUNT", "1000")
                let page = try await partition.execute(scan) { RedisValue($0) }
                cursor = page.array.first?.string ?? "0"
                found.formUnion(page.array.last?.strings ?? [])
            } while cursor != "0"
        }
        return found.sorted()
    }
}

import RedisClient

extension FakeNode {
    /// The answer to CLUSTER SLOTS of a cluster with one master.
    var allSlots: String { Self.slots([(0, 16_383, port)]) }

    static func slots(_ ranges: [(first: Int, last: Int, port: UInt16)]) -> String {
        "*\(ranges.count)\r\n"
            + ranges.map { "*3\r\n:\($0.first)\r\n:\($0.last)\r\n*2\r\n$9\r\n127.0.0.1\r\n:\($0.port)\r\n" }.joined()
    }

    static func array(_ elements: [String]) -> String { "*\(elements.count)\r\n" + elements.joined() }

    /// What a script answers that returned `result`, itself a reply.
    static func scriptAnswer(to command: [String], _ result: String) -> String {
        let number = command.last ?? ""
        return "*2\r\n$\(number.utf8.count)\r\n\(number)\r\n" + result
    }

    /// A node with that idea of the cluster; `answer` is for all but the log-in.
    func serves(_ slots: String, _ answer: @escaping Answer) {
        answers { command in
            switch command.first {
            case "CLUSTER": slots
            case "PING": "+PONG\r\n"
            default: answer(command)
            }
        }
    }
}

/// A client of a cluster that is found through those nodes, for as long as the test needs it.
func withClusterClient(
    _ nodes: [FakeNode], timeout: Duration = .milliseconds(500), journal: WriteJournal.Limits? = nil,
    _ body: (RedisClient) async throws -> Void
) async throws {
    var configuration = RedisClientConfiguration(topology: .cluster(nodes.map(\.endpoint)))
    configuration.commandTimeout = timeout
    configuration.connectTimeout = timeout
    configuration.journal = journal
    let client = try RedisClient(configuration: configuration, logger: .quiet)
    do {
        try await body(client)
    } catch {
        await client.shutdown()
        for node in nodes { node.stop() }
        throw error
    }
    await client.shutdown()
    for node in nodes { node.stop() }
}

extension RedisClient {
    /// The string at a key, or what went wrong.
    func get(_ key: String) async -> Result<String?, RedisError> {
        do throws(RedisError) {
            return .success(try await execute(RedisCommand("GET", key), slot: HashSlot(key: key)) { $0.string })
        } catch {
            return .failure(error)
        }
    }
}

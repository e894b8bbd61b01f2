import Logging
import Synchronization

/// Where the master is, as told by the sentinels that watch it.
///
/// All of them are asked, and of a majority's answers the one with the highest epoch counts: a sentinel that was cut off
/// still names the old master. Where no majority answers, one that has an older epoch than was seen before is not
/// believed.
final class SentinelSource: AddressSource {
    let description: String
    let sentinels: [RedisEndpoint]
    let masterName: String
    private let configuration: RedisClientConfiguration
    private let logger: Logger
    private let connections = Mutex<[RedisEndpoint: RedisConnection]?>([:])
    private let newestEpoch = Mutex<(epoch: Int64, seenAt: MonotonicTime)>((.min, MonotonicTime(nanoseconds: 0)))

    struct Answer: Sendable {
        let master: RedisEndpoint
        let epoch: Int64
    }

    init(sentinels: [RedisEndpoint], masterName: String, configuration: RedisClientConfiguration, logger: Logger) {
        self.sentinels = sentinels
        self.masterName = masterName
        self.configuration = configuration.forSentinels
        self.logger = logger
        description = "\(RedisTopology.sentinel(sentinels, master: masterName))"
    }

    var wantsMaster: Bool { true }

    /// `SentinelWatch` sees to it that the connection follows the master.
    var isName: Bool { false }

    func immediate() -> [RedisAddress]? { nil }

    func locate(_ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void) {
        Task {
            do throws(RedisError) {
                let master = try await master()
                if let addresses = AddressResolver.immediate(master) {
                    deliver(.success(addresses))
                } else {
                    AddressResolver.onOwnThread([master], deliver)
                }
            } catch {
                deliver(.failure(error))
            }
        }
    }

    func master() async throws(RedisError) -> RedisEndpoint {
        let majority = sentinels.count / 2 + 1
        let results = await withTaskGroup(of: Result<Answer?, RedisError>.self) { group in
            for sentinel in sentinels {
                group.addTask { await self.ask(sentinel) }
            }
            var results: [Result<Answer?, RedisError>] = []
            var answers = 0
            for await result in group {
                results.append(result)
                if case .success(.some) = result { answers += 1 }
                if answers >= majority { break }
            }
            group.cancelAll()
            return results
        }
        let answers = results.compactMap { try? $0.get() }
        if let newest = answers.max(by: { $0.epoch < $1.epoch }),
            isCredible(newest, isOfMajority: answers.count >= majority)
        {
            return newest.master
        }
        let failures = results.compactMap { result -> RedisError? in
            if case .failure(let failure) = result { failure } else { nil }
        }
        let explanation = RedisError.explanation(of: failures)
        // A refusal says more than an unreachable sentinel, and than one that knows nothing.
        if case .server(let code, let message)? = explanation { throw .server(code: code, message: message) }
        guard answers.isEmpty else {
            throw .unavailable(reason: "too few sentinels can be reached, and they are behind")
        }
        guard failures.count == results.count, let explanation else {
            throw .unavailable(reason: "no sentinel knows a master called \(masterName)")
        }
        guard case .unavailable(let reason) = explanation else { throw explanation }
        throw .unavailable(reason: "no sentinel can be reached: \(reason)")
    }

    private func isCredible(_ answer: Answer, isOfMajority: Bool) -> Bool {
        newestEpoch.withLock { newest in
            // A majority may be behind while the news travels; after a while it is right, as when sentinels were set up anew.
            let isOld = MonotonicTime.now() >= newest.seenAt + .seconds(10)
            guard answer.epoch >= newest.epoch || (isOfMajority && isOld) else { return false }
            newest = (answer.epoch, .now())
            return true
        }
    }

    func shutdown() async {
        let open = connections.withLock { $0.take() } ?? [:]
        await withTaskGroup(of: Void.self) { group in
            for connection in open.values { group.addTask { await connection.shutdown(drain: .zero) } }
        }
    }

    private func ask(_ sentinel: RedisEndpoint) async -> Result<Answer?, RedisError> {
        do throws(RedisError) {
            return .success(
                try await connection(to: sentinel).execute(RedisCommand("SENTINEL", "MASTER", masterName)) {
                    Self.read($0)
                })
        } catch .server(let code, let message) where code == "ERR" && message.contains("No such master") {
            return .success(nil)
        } catch {
            return .failure(error.asAnswer(of: "\(sentinel)"))
        }
    }

    /// Field names and values in turn.
    private static func read(_ reply: borrowing RedisReply) -> Answer? {
        var (host, port, epoch): (String?, UInt16?, Int64?)
        for position in stride(from: 0, to: (reply.count ?? 0) - 1, by: 2) {
            switch reply[position].string {
            case "ip": host = reply[position + 1].string
            case "port": port = reply[position + 1].decimal.flatMap { UInt16(exactly: $0) }
            case "config-epoch": epoch = reply[position + 1].decimal
            default: break
            }
        }
        guard let host, let port, !host.isEmpty, port > 0 else { return nil }
        return Answer(master: .tcp(host: host, port: port), epoch: epoch ?? 0)
    }

    private func connection(to sentinel: RedisEndpoint) throws(RedisError) -> RedisConnection {
        try connections.withLock { open throws(RedisError) in
            guard open != nil else { throw .shutDown }
            if let known = open?[sentinel] { return known }
            let made = try RedisConnection(
                configuration: configuration, source: EndpointSource(endpoint: sentinel), failsFast: true,
                logger: logger)
            open?[sentinel] = made
            return made
        }
    }
}

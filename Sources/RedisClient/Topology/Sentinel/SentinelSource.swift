import Logging
import Synchronization

/// Where the master is, as told by the sentinels that watch it. All of them are asked; `SentinelBallot` decides.
final class SentinelSource: AddressSource {
    let description: String
    let sentinels: [RedisEndpoint]
    let masterName: String
    private let configuration: RedisClientConfiguration
    private let logger: Logger
    private let connections = Mutex<[RedisEndpoint: RedisConnection]?>([:])
    private let ballot = Mutex(SentinelBallot())

    typealias Answer = SentinelBallot.Answer

    private enum Event {
        case answered(Result<Answer?, RedisError>)
        /// Long enough has been waited for the others.
        case patienceEnded
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
        let results = await answers(until: majority)
        let answers = results.compactMap { try? $0.get() }
        let chosen = ballot.withLock { $0.choose(from: answers, majority: majority, now: .now()) }
        if let chosen { return chosen.master }
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

    /// What a majority says, or what there is a quarter of a second after the first answer: a sentinel that says nothing must
    /// not hold up the others.
    private func answers(until majority: Int) async -> [Result<Answer?, RedisError>] {
        await withTaskGroup(of: Event.self) { group in
            for sentinel in sentinels {
                group.addTask { .answered(await self.ask(sentinel)) }
            }
            var results: [Result<Answer?, RedisError>] = []
            var answers = 0
            while results.count < sentinels.count, answers < majority, case .answered(let result)? = await group.next()
            {
                results.append(result)
                guard case .success(.some) = result else { continue }
                answers += 1
                guard answers == 1 else { continue }
                group.addTask {
                    try? await Task.sleep(for: AddressRace.delay)
                    return .patienceEnded
                }
            }
            group.cancelAll()
            return results
        }
    }

    func shutdown() async {
        let open = connections.withLock { $0.take() } ?? [:]
        await withTaskGroup(of: Void.self) { group in
            for connection in open.values { group.addTask { await connection.shutdown(drain: .zero) } }
        }
    }

    /// While a failover goes on, SENTINEL MASTER names the old master until the replicas follow the new one, which can take
    /// minutes. The address is right at once. The epoch comes first: with the address of a moment later it is too low
    /// rather than too high.
    private func ask(_ sentinel: RedisEndpoint) async -> Result<Answer?, RedisError> {
        do throws(RedisError) {
            let connection = try connection(to: sentinel)
            do throws(RedisError) {
                let (epoch, master) = try await connection.execute(
                    RedisCommand("SENTINEL", "MASTER", masterName), addressCommand,
                    decodeFirst: { Self.epoch($0) }, decodeLast: { Self.endpoint($0) })
                return .success(master.map { answer($0, epoch: epoch) })
            } catch .server {
                // Not every server that answers for sentinels knows it or permits it.
                let master = try await connection.execute(addressCommand) { Self.endpoint($0) }
                return .success(master.map { answer($0, epoch: nil) })
            }
        } catch {
            return .failure(error.asAnswer(of: "\(sentinel)"))
        }
    }

    private var addressCommand: RedisCommand { RedisCommand("SENTINEL", "get-master-addr-by-name", masterName) }

    private func answer(_ announced: RedisEndpoint, epoch: Int64?) -> Answer {
        Answer(master: configuration.addressMap.reachable(announced), epoch: epoch)
    }

    /// Field names and values in turn.
    private static func epoch(_ reply: borrowing RedisReply) -> Int64? {
        for position in stride(from: 0, to: (reply.count ?? 0) - 1, by: 2)
        where reply[position].string == "config-epoch" {
            return reply[position + 1].decimal
        }
        return nil
    }

    /// Host and port; null for a name that is not watched.
    private static func endpoint(_ reply: borrowing RedisReply) -> RedisEndpoint? {
        guard let host = reply[0].string, !host.isEmpty, let number = reply[1].decimal,
            let port = UInt16(exactly: number), port > 0
        else { return nil }
        return .tcp(host: host, port: port)
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

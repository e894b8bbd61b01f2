import EmbeddedRedis
import Foundation
import RedisClient

@testable import SessionRepository

/// What can befall a replica and the way to it, while the master is well: clients must not notice.
enum ReplicationFault: String, FaultKind {
    case slowReplication, replicationBlackHole, deafReplica, heldReplication, replicationReset, replicationRefused
    case replicationByteWise, replicaStopped, replicaKilled

    var effects: FaultEffects { FaultEffects(duration: .milliseconds(300)) }

    var rules: LinkRules? {
        switch self {
        case .slowReplication: .both(.delay(.milliseconds(200)))
        case .replicationBlackHole: .both(.swallow)
        case .deafReplica: LinkRules(towardsClient: .swallow)
        case .heldReplication: .both(.hold)
        case .replicationReset: LinkRules(admission: .reset)
        case .replicationRefused: LinkRules(admission: .refuse)
        case .replicationByteWise: .both(.byteWise)
        case .replicaStopped, .replicaKilled: nil
        }
    }
}

/// A master with its replica, disturbed in between.
struct Replicated: FaultTopology {
    let pair: ReplicatedPair

    static func start() async throws -> Replicated {
        Replicated(pair: try await ReplicatedPair.start())
    }

    var server: RedisServer { get throws { try pair.server } }

    func inject(_ fault: ReplicationFault) async throws {
        if let rules = fault.rules { return await pair.link.apply(rules) }
        if fault == .replicaStopped { pair.replica.signal(SIGSTOP) } else { try await pair.replica.kill() }
    }

    /// Well means that the replica has everything.
    func heal(_ fault: ReplicationFault) async throws {
        if fault.rules != nil {
            await pair.link.heal()
        } else if fault == .replicaStopped {
            pair.replica.signal(SIGCONT)
        } else {
            try await pair.replica.restart()
            try await pair.follow()
        }
        try await pair.synchronize()
    }

    func remains() async throws -> String {
        pair.way.connections > 0 ? "\(pair.way.connections) connections to the master" : ""
    }

    func stop() async { await pair.stop() }
}

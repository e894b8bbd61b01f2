/// What can befall a Redis Cluster.
enum ClusteredFault: String, FaultKind {
    case masterKilled, masterStopped, gracefulFailover, replicaKilled, linksCutThenMasterKilled
    case slotsMoving, clientKill, scriptFlush

    var effects: FaultEffects {
        switch self {
        case .linksCutThenMasterKilled: FaultEffects(duration: .seconds(1), loss: .recentWrites)
        case .slotsMoving: FaultEffects(duration: .seconds(2), isRepeated: true)
        case .clientKill, .scriptFlush: FaultEffects(duration: .seconds(1), isRepeated: true)
        default: FaultEffects(duration: .seconds(1))
        }
    }
}

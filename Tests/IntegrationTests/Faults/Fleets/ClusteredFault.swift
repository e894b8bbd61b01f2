/// What can befall a Redis Cluster.
enum ClusteredFault: String, FaultKind {
    case masterKilled, masterStopped, gracefulFailover, replicaKilled, linksCutThenMasterKilled
    case slotsMoving, clientKill, scriptFlush
    case replySwallowed, replyDoubled, errorInserted, pushInserted, repliesSwapped

    var effects: FaultEffects {
        switch self {
        case .linksCutThenMasterKilled: FaultEffects(duration: .seconds(1), loss: .recentWrites)
        case .slotsMoving: FaultEffects(duration: .seconds(2), isRepeated: true)
        case .clientKill, .scriptFlush: FaultEffects(duration: .seconds(1), isRepeated: true)
        case .replySwallowed, .replyDoubled, .errorInserted, .pushInserted, .repliesSwapped:
            FaultEffects(duration: .seconds(1), damagesStream: true)
        default: FaultEffects(duration: .seconds(1))
        }
    }

    /// What becomes of single replies of every node.
    var damage: Damage? {
        switch self {
        case .replySwallowed: .again(.swallow, client: "session-repository")
        case .replyDoubled: .again(.double, client: "session-repository")
        case .errorInserted: .again(.insertError, client: "session-repository")
        case .pushInserted: .again(.insertPush, client: "session-repository")
        case .repliesSwapped: .again(.swap, client: "session-repository")
        default: nil
        }
    }
}

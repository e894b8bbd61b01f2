/// What can befall a master that Sentinels watch, its replicas and the Sentinels.
enum WatchedFault: String, FaultKind {
    case masterKilled, masterStopped, gracefulFailover, replicaKilled, sentinelKilled, linksCutThenMasterKilled
    case sentinelRepliesSwallowed, sentinelRepliesDoubled, sentinelErrorsInserted

    var effects: FaultEffects {
        switch self {
        // Sentinel promotes first and tells the former master later, or when that goes on: what it acknowledges until
        // then is lost.
        case .gracefulFailover, .masterStopped, .linksCutThenMasterKilled:
            FaultEffects(duration: .seconds(1), loss: .recentWrites)
        case .sentinelRepliesSwallowed, .sentinelRepliesDoubled, .sentinelErrorsInserted:
            FaultEffects(duration: .seconds(3), damagesStream: true)
        default: FaultEffects(duration: .seconds(1))
        }
    }

    /// What becomes of the Sentinels' replies to clients.
    var damage: Damage? {
        switch self {
        case .sentinelRepliesSwallowed: .again(.swallow, oneIn: 3)
        case .sentinelRepliesDoubled: .again(.double, oneIn: 3)
        case .sentinelErrorsInserted: .again(.insertError, oneIn: 3)
        default: nil
        }
    }
}

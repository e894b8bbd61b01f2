/// What can befall a master that Sentinels watch, its replicas and the Sentinels.
enum WatchedFault: String, FaultKind {
    case masterKilled, masterStopped, gracefulFailover, replicaKilled, sentinelKilled, linksCutThenMasterKilled

    var effects: FaultEffects {
        switch self {
        // Sentinel promotes first and tells the former master later, or when that goes on: what it acknowledges until
        // then is lost.
        case .gracefulFailover, .masterStopped, .linksCutThenMasterKilled:
            FaultEffects(duration: .seconds(1), loss: .recentWrites)
        default: FaultEffects(duration: .seconds(1))
        }
    }
}

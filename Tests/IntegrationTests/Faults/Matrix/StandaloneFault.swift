/// What can befall one server and the way to it.
enum StandaloneFault: String, FaultKind {
    // The way.
    case slowLink, linkSlowerThanTheTimeout, blackHole, deafServer, deafClient, heldLink, reset, resetAgainAndAgain
    case refused, byteWise, garbage
    case replySwallowed, replyDoubled, errorInserted, pushInserted, repliesSwapped, listeningDamaged
    // The server.
    case killed, stopped, loading
    case clientKill, clientPauseAll, clientPauseWrite, scriptFlush, flushAll
    case outOfMemory, maxClients, readOnly

    var effects: FaultEffects {
        if damage != nil { return FaultEffects(damagesStream: true) }
        return switch self {
        case .garbage: FaultEffects(isUntrusted: true)
        case .killed: FaultEffects(duration: .milliseconds(200))
        case .flushAll: FaultEffects(duration: .milliseconds(100), loss: .everything)
        case .resetAgainAndAgain, .clientKill, .scriptFlush:
            FaultEffects(duration: .milliseconds(250), isRepeated: true)
        case .slowLink, .byteWise, .readOnly: FaultEffects(duration: .milliseconds(250))
        case .outOfMemory: FaultEffects(duration: .milliseconds(250), fillsTheStore: true)
        default: FaultEffects()
        }
    }

    /// How the proxy treats the way; `nil` when the fault is the server's.
    var rules: LinkRules? {
        if let damage { return .damaging(damage) }
        return switch self {
        case .slowLink: .both(.delay(.milliseconds(30)))
        case .linkSlowerThanTheTimeout: .both(.delay(.milliseconds(400)))
        case .blackHole: .both(.swallow)
        case .deafServer: LinkRules(towardsServer: .swallow)
        case .deafClient: LinkRules(towardsClient: .swallow)
        case .heldLink: .both(.hold)
        case .reset: LinkRules(admission: .reset)
        case .refused: LinkRules(admission: .refuse)
        case .byteWise: .both(.byteWise)
        case .garbage: LinkRules(towardsClient: .garbage)
        default: nil
        }
    }

    /// What becomes of single replies; no answer may be wrong for it.
    private var damage: Damage? {
        switch self {
        case .replySwallowed: .again(.swallow)
        case .replyDoubled: .again(.double)
        case .errorInserted: .again(.insertError)
        case .pushInserted: .again(.insertPush)
        case .repliesSwapped: .again(.swap)
        case .listeningDamaged: .again(.insertError, .listening, oneIn: 1)
        default: nil
        }
    }
}

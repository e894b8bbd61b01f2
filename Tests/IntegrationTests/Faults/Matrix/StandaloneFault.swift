/// What can befall one server and the way to it.
enum StandaloneFault: String, FaultKind {
    // The way.
    case slowLink, linkSlowerThanTheTimeout, blackHole, deafServer, deafClient, heldLink, reset, resetAgainAndAgain
    case refused, byteWise, garbage
    // The server.
    case killed, stopped, loading
    case clientKill, clientPauseAll, clientPauseWrite, scriptFlush, flushAll
    case outOfMemory, maxClients, readOnly

    var effects: FaultEffects {
        switch self {
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
        switch self {
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
}

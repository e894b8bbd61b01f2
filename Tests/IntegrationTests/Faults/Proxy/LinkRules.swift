/// What a proxy does to those who connect through it.
struct LinkRules: Hashable, Sendable {
    var towardsServer = Flow.pass
    var towardsClient = Flow.pass
    var admission = Admission.open

    /// What becomes of the bytes that go in one direction.
    enum Flow: Hashable, Sendable {
        case pass
        case delay(Duration)
        /// Nothing arrives until the rule ends, and then everything does: lost packets that TCP sends again.
        case hold
        /// Whatever is sent is gone. The connection cannot go on afterwards: when the rule ends it is reset.
        case swallow
        /// One byte per write.
        case byteWise
        /// Random bytes come between. The connection cannot go on afterwards: when the rule ends it is reset.
        case garbage
        /// Towards the client: single replies are hit. The connection goes on, also when the rule ends.
        case damage(Damage)

        /// Whether the other end learns that this one has closed.
        var tellsOfEnd: Bool { self != .hold && self != .swallow }
    }

    /// What happens to a new connection.
    enum Admission: Hashable, Sendable {
        case open
        /// Accepted, and reset at once.
        case reset
        /// Nobody listens.
        case refuse
    }

    static let healthy = LinkRules()

    static func damaging(_ damage: Damage) -> LinkRules {
        LinkRules(towardsClient: .damage(damage))
    }

    static func both(_ flow: Flow) -> LinkRules {
        LinkRules(towardsServer: flow, towardsClient: flow)
    }
}

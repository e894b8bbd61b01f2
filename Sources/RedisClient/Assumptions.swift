/// Proofs that the client does without. Only negative controls set one: a test that then finds a wrong answer shows that
/// it would notice if the proof were broken.
package struct Assumptions: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A reply answers the oldest command without a reply.
    package static let replyOrder = Assumptions(rawValue: 1 << 0)
    /// A reply is about the subject that was asked for.
    package static let subjects = Assumptions(rawValue: 1 << 1)
    /// A server that was a master still is one.
    package static let mastership = Assumptions(rawValue: 1 << 2)
    /// A connection that listens for changes receives them until it ends.
    package static let listening = Assumptions(rawValue: 1 << 3)
}

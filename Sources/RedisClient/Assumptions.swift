/// What a client takes for granted instead of proving it. For negative controls only: a test with one of these must find
/// the wrong answer that the proof prevents.
package struct Assumptions: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    /// That replies come complete and in order: there are no nonces.
    package static let replyOrder = Assumptions(rawValue: 1 << 0)
    /// That an answer is about what was asked: subjects and operation numbers are not compared.
    package static let subjects = Assumptions(rawValue: 1 << 1)
    /// That a master stays one: its role is not asked for after the handshake, and its name is not looked up again.
    package static let mastership = Assumptions(rawValue: 1 << 2)
    /// That a listening connection hears of every change: its silence is not noticed.
    package static let listening = Assumptions(rawValue: 1 << 3)
}

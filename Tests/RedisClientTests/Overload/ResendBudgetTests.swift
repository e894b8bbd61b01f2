import Testing

@testable import RedisClient

@Suite("What is sent again")
struct ResendBudgetTests {
    @Test("is a reserve, and a fifth of what was answered")
    func budget() {
        var budget = ResendBudget(reserve: 3)
        #expect((0..<4).map { _ in budget.spend() } == [true, true, true, false])
        budget.earn(4)
        let early = budget.spend()
        budget.earn(1)
        let due = budget.spend()
        #expect([early, due] == [false, true])
    }

    @Test("is saved up to the reserve and no further")
    func most() {
        var budget = ResendBudget(reserve: 2)
        budget.earn(.max)
        #expect((0..<3).map { _ in budget.spend() } == [true, true, false])
        var endless = ResendBudget(reserve: .max)
        endless.earn(.max)
        let spent = endless.spend()
        #expect(spent)
    }

    @Test("ends for a server that breaks each connection: the outcome is unknown then, or the stream damaged")
    func machine() {
        for (error, expected) in [
            (MachineHarness.brokenLine, RedisError.outcomeUnknown),
            (.protocolFailure("a reply is missing"), .protocolFailure("a reply is missing")),
        ] {
            let harness = MachineHarness.ready(window: 4, provesReplies: true)
            var failed: [MachineHarness.Step] = []
            for round in 0..<4 where failed.isEmpty {
                for id in 1...4 { harness.submit(10 * (round + 1) + id, timeout: .seconds(600)) }
                _ = harness.steps()
                harness.lose(error)
                failed = harness.steps().filter { if case .fail = $0 { true } else { false } }
                harness.advance(.seconds(2))
                harness.connect()
            }
            #expect(!failed.isEmpty)
            #expect(failed.allSatisfy { if case .fail(_, expected) = $0 { true } else { false } }, "\(failed)")
        }
    }
}

import Testing

@testable import RedisClient

/// Callers that come four thousand a second, each once, and wait for a second. The clock is the test's own.
@Suite("Overload")
struct OverloadTests {
    private static let slow: @Sendable (Duration) -> Duration = { _ in .microseconds(1250) }
    private static let fast: @Sendable (Duration) -> Duration = { _ in .microseconds(10) }

    @Test("leaves nine tenths of what the server can do, from the second second on")
    func goodput() async {
        let seconds = await OverloadSimulation(serviceTime: Self.slow, arrivals: { _ in 4 }).run(seconds: 7)
        for second in seconds.dropFirst(2) {
            #expect(second.answered >= 720, "\(second)")
            #expect(second.late == 0, "\(second)")
            #expect(second.refused + second.refusedLater >= 3000, "\(second)")
        }
        #expect(seconds.allSatisfy { $0.resets == 0 })
        // Nearly all who are refused are so at once.
        let later = seconds.dropFirst(2).reduce(0) { $0 + $1.refusedLater }
        #expect(later < 80, "\(later) were accepted first")
    }

    @Test("does not depend on how many commands a server reads, and answers, together")
    func batches() async {
        var simulation = OverloadSimulation(serviceTime: Self.slow, arrivals: { _ in 4 })
        simulation.commandsPerRead = 430
        let seconds = await simulation.run(seconds: 12)
        #expect(seconds.allSatisfy { $0.resets == 0 })
        // Hundreds of answers come at once, in this second or the next.
        #expect(seconds[2...].reduce(0) { $0 + $1.answered } >= 7200, "\(seconds)")
        #expect(seconds[2...].allSatisfy { $0.late == 0 })
    }

    @Test("of a server that was fast before is noticed as soon")
    func slowingDown() async {
        let seconds = await OverloadSimulation(
            serviceTime: { $0 < .seconds(3) ? .microseconds(10) : .microseconds(1250) }, arrivals: { _ in 4 }
        ).run(seconds: 8)
        #expect(seconds[..<3].allSatisfy { $0.answered >= 3900 && $0.refused == 0 && $0.late == 0 })
        #expect(seconds[5...].allSatisfy { $0.answered >= 720 && $0.late == 0 })
        #expect(seconds.allSatisfy { $0.resets == 0 })
    }

    @Test("ends with the server's slowness: then nobody is refused")
    func recovery() async {
        let seconds = await OverloadSimulation(
            serviceTime: { $0 < .seconds(4) ? .microseconds(1250) : .microseconds(10) }, arrivals: { _ in 4 }
        ).run(seconds: 7)
        #expect(seconds[5...].allSatisfy { $0.answered >= 3990 && $0.refused == 0 })
    }

    @Test("at once, by thousands at a server that nobody knows yet, costs no connection and no answer that is due")
    func burst() async {
        let seconds = await OverloadSimulation(serviceTime: Self.slow, arrivals: { $0 == 0 ? 4000 : 4 }).run(seconds: 8)
        #expect(seconds.allSatisfy { $0.resets == 0 })
        #expect(seconds[0].answered >= 700)
        #expect(seconds.suffix(2).allSatisfy { $0.answered >= 720 && $0.late == 0 })
    }

    @Test("is not what a burst at a fast server is, at first or after a pause of the callers")
    func fastBurst() async {
        let seconds = await OverloadSimulation(
            serviceTime: Self.fast, arrivals: { $0.isMultiple(of: 2500) ? 10_000 : 0 }
        ).run(seconds: 8)
        let (asked, answered) = seconds.reduce((0, 0)) { ($0.0 + $1.asked, $0.1 + $1.answered) }
        #expect(asked == 40_000)
        #expect(answered == asked)
    }

    @Test("is not what a burst is after an overload that is over")
    func afterOverload() async {
        let seconds = await OverloadSimulation(
            serviceTime: { $0 < .seconds(4) ? .microseconds(1250) : .microseconds(10) },
            arrivals: { $0 < 4000 ? 4 : $0 == 7000 ? 8000 : 0 }
        ).run(seconds: 9)
        #expect(seconds[7].asked == 8000)
        #expect(seconds[7].answered == 8000)
    }

    @Test("is not what a pause of the server is, nor what follows it")
    func pause() async {
        let seconds = await OverloadSimulation(
            serviceTime: { $0 >= .seconds(2) && $0 < .milliseconds(2001) ? .milliseconds(700) : .microseconds(20) },
            arrivals: { $0 == 2750 ? 2000 : 4 }
        ).run(seconds: 5)
        #expect(seconds.allSatisfy { $0.refused == 0 && $0.refusedLater == 0 && $0.late == 0 })
    }

    @Test("is not what a long way is")
    func longWay() async {
        let seconds = await OverloadSimulation(
            roundTrip: .milliseconds(120), serviceTime: Self.fast, arrivals: { $0 % 1000 == 500 ? 3000 : 1 }
        ).run(seconds: 5)
        #expect(seconds.allSatisfy { $0.refused == 0 && $0.refusedLater == 0 && $0.late == 0 })
    }

    @Test(
        "is what a way looks like that becomes much longer under load: as much is answered as 128 in flight can carry")
    func longerWay() async {
        let seconds = await OverloadSimulation(
            laterRoundTrip: (from: .seconds(1), .milliseconds(200)), serviceTime: Self.fast,
            arrivals: { $0 < 8000 ? 4 : $0 < 9000 ? ($0 == 8500 ? 1 : 0) : 4 }
        ).run(seconds: 12)
        #expect(seconds[3..<8].allSatisfy { $0.answered >= 600 && $0.late < 100 }, "\(seconds)")
        // One command by itself shows how long the way is.
        #expect(seconds[10...].allSatisfy { $0.answered >= 3900 && $0.refused == 0 && $0.late == 0 }, "\(seconds)")
        #expect(seconds.allSatisfy { $0.resets == 0 })
    }

    @Test("is forgotten when the callers have gone, whatever they left behind")
    func forgotten() async {
        let seconds = await OverloadSimulation(
            serviceTime: { $0 < .seconds(5) ? .microseconds(1250) : .microseconds(10) },
            arrivals: { $0 < 3000 ? 4 : $0 == 7000 ? 8000 : 0 }
        ).run(seconds: 8)
        #expect(seconds[7].answered == 8000, "\(seconds)")
    }

    @Test("is bounded for the impatient, too")
    func impatient() async {
        let seconds = await OverloadSimulation(
            timeout: .milliseconds(60), serviceTime: Self.slow, arrivals: { _ in 4 }
        ).run(seconds: 5)
        #expect(seconds[3...].allSatisfy { $0.answered >= 640 }, "\(seconds)")
    }

    @Test("wins without a measured pace: half of the answers come too late, and connections are given up")
    func negativeControl() async {
        var simulation = OverloadSimulation(serviceTime: Self.slow, arrivals: { _ in 4 })
        simulation.measuresPace = false
        // Fewer than a connection takes by default, so that the test is quick.
        simulation.maximumCommands = 3000
        let seconds = await simulation.run(seconds: 6)
        #expect(seconds.contains { $0.resets > 0 })
        let answered = seconds[3...].map(\.answered)
        #expect(answered.reduce(0, +) / answered.count < 550, "\(answered)")
    }
}

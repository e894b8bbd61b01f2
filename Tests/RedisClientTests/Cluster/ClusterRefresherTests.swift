import Testing

@testable import RedisClient

@Suite("Fetching a cluster's map", .timeLimit(.minutes(2)))
struct ClusterRefresherTests {
    @Test("is done by one at a time, however many ask, and once more for all who asked meanwhile")
    func oneInFlight() async {
        let (refresher, gate) = (ClusterRefresher(minimumInterval: .milliseconds(1)), Gate())
        refresher.request { await gate.pass() }
        await eventually("the first fetch begins") { gate.arrivals.count == 1 }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { refresher.request { await gate.pass() } } }
        }
        #expect(gate.arrivals.count == 1)
        gate.open()
        await eventually("one more follows") { gate.arrivals.count == 2 }
        await refresher.stop()
        #expect(gate.arrivals.count == 2)
        #expect(gate.mostAtOnce == 1)
    }

    @Test("begins at once, and again not before the interval has passed")
    func interval() async {
        let interval = Duration.milliseconds(30)
        let (refresher, gate) = (ClusterRefresher(minimumInterval: interval), Gate(isOpen: true))
        for number in 1...4 {
            refresher.request { await gate.pass() }
            await eventually("fetch \(number)") { gate.arrivals.count == number }
        }
        await refresher.stop()
        let arrivals = gate.arrivals
        for (earlier, later) in zip(arrivals, arrivals.dropFirst()) {
            // The moments are taken a little after the beginning, one perhaps less than the other.
            #expect(later - earlier > interval - .milliseconds(10))
        }
    }

    @Test("is not done without being asked for")
    func idle() async {
        let (refresher, gate) = (ClusterRefresher(minimumInterval: .milliseconds(1)), Gate(isOpen: true))
        refresher.request { await gate.pass() }
        await eventually("the fetch") { gate.arrivals.count == 1 }
        await refresher.stop()
        #expect(gate.arrivals.count == 1)
    }

    @Test("ends with the refresher: what is under way is cancelled and waited for, nothing begins")
    func stop() async {
        let (refresher, gate) = (ClusterRefresher(minimumInterval: .milliseconds(1)), Gate(isOpen: true))
        refresher.request {
            await gate.pass()
            while !Task.isCancelled { await Task.yield() }
        }
        await eventually("the fetch begins") { gate.arrivals.count == 1 }
        refresher.request { await gate.pass() }
        await refresher.stop()
        refresher.request { await gate.pass() }
        await refresher.stop()
        #expect(gate.arrivals.count == 1)
    }

    @Test("does not begin after the stop that ended its pause")
    func stopInPause() async {
        let (refresher, gate) = (ClusterRefresher(minimumInterval: .seconds(3600)), Gate(isOpen: true))
        refresher.request { await gate.pass() }
        await eventually("the first fetch") { gate.arrivals.count == 1 }
        refresher.request { await gate.pass() }
        await refresher.stop()
        #expect(gate.arrivals.count == 1)
    }
}

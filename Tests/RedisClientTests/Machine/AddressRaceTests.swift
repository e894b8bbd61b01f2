import Testing

@testable import RedisClient

@Suite("The race of addresses")
struct AddressRaceTests {
    private static let timeout = Duration.seconds(1)
    private let start = MonotonicTime(nanoseconds: 0)

    private func steps(_ race: inout AddressRace, at now: MonotonicTime) -> [AddressRace.Step] {
        var steps: [AddressRace.Step] = []
        while let step = race.next(timeout: Self.timeout, now: now) { steps.append(step) }
        return steps
    }

    @Test("begins with the first, and goes on every 250 ms as long as nobody answers")
    func delays() {
        var race = AddressRace(addresses: 3)
        #expect(steps(&race, at: start) == [.begin(0)])
        #expect(race.nextDeadline == start + .milliseconds(250))
        #expect(steps(&race, at: start + .milliseconds(249)) == [])
        #expect(steps(&race, at: start + .milliseconds(250)) == [.begin(1)])
        #expect(steps(&race, at: start + .milliseconds(500)) == [.begin(2)])
        #expect(race.nextDeadline == start + .seconds(1))
        #expect(!race.hasMore)
    }

    @Test("goes on at once when an attempt fails, also while another one is under way")
    func failure() {
        var race = AddressRace(addresses: 4)
        _ = steps(&race, at: start)
        race.lost(0)
        #expect(steps(&race, at: start) == [.begin(1)])
        #expect(steps(&race, at: start + .milliseconds(250)) == [.begin(2)])
        race.lost(1)
        #expect(steps(&race, at: start + .milliseconds(251)) == [.begin(3)])
        race.lost(2)
        #expect(!race.isOver)
        race.lost(3)
        #expect(race.isOver)
    }

    @Test("gives each attempt its own time")
    func timeouts() {
        var race = AddressRace(addresses: 2)
        _ = steps(&race, at: start)
        _ = steps(&race, at: start + .milliseconds(250))
        #expect(steps(&race, at: start + .seconds(1)) == [.giveUp(0)])
        #expect(!race.isOver)
        #expect(steps(&race, at: start + .milliseconds(1250)) == [.giveUp(1)])
        #expect(race.isOver)
        #expect(race.nextDeadline == .distantFuture)
    }

    @Test("needs no answer where only one address is left")
    func decided() {
        var race = AddressRace(addresses: 2)
        _ = steps(&race, at: start)
        #expect(!race.isDecided)
        race.lost(0)
        #expect(!race.isDecided)
        _ = steps(&race, at: start)
        #expect(race.isDecided)
        var alone = AddressRace(addresses: 1)
        _ = steps(&alone, at: start)
        #expect(alone.isDecided)
    }

    @Test("keeps the addresses that were overtaken, in front of those that were not tried")
    func overtaken() {
        var race = AddressRace(addresses: 4)
        _ = steps(&race, at: start)
        _ = steps(&race, at: start + .milliseconds(250))
        race.won(1)
        #expect(race.hasMore)
        #expect(steps(&race, at: start + .milliseconds(260)) == [.begin(0)])
        race.lost(0)
        #expect(steps(&race, at: start + .milliseconds(260)) == [.begin(2)])
    }

    @Test("without an address is over")
    func empty() {
        var race = AddressRace()
        #expect(race.isOver)
        #expect(steps(&race, at: start) == [])
        #expect(race.nextDeadline == .distantFuture)
    }
}

import Testing

@testable import RedisClient

@Suite("What sentinels' answers come to")
struct SentinelBallotTests {
    private let start = MonotonicTime(nanoseconds: 0)

    private func answer(_ host: String, _ epoch: Int64?) -> SentinelBallot.Answer {
        SentinelBallot.Answer(master: .tcp(host: host, port: 6379), epoch: epoch)
    }

    private func choose(
        _ ballot: inout SentinelBallot, _ answers: [SentinelBallot.Answer], majority: Int = 2, after: Duration = .zero
    ) -> String? {
        guard case .tcp(let host, _)? = ballot.choose(from: answers, majority: majority, now: start + after)?.master
        else { return nil }
        return host
    }

    @Test("is the one with the highest epoch, however few tell it")
    func epochs() {
        var ballot = SentinelBallot()
        #expect(choose(&ballot, [answer("old", 3), answer("new", 4), answer("old", 3)]) == "new")
    }

    @Test("is what most say where no epoch is told, or the same one")
    func votes() {
        for epoch in [nil, 7] as [Int64?] {
            var ballot = SentinelBallot()
            let answers = ["a", "b", "b"].map { answer($0, epoch) }
            #expect(choose(&ballot, answers) == "b")
            #expect(choose(&ballot, answers.reversed()) == "b")
        }
    }

    @Test("prefers an answer with an epoch to one without")
    func withAndWithout() {
        var ballot = SentinelBallot()
        #expect(choose(&ballot, [answer("a", nil), answer("a", nil), answer("b", 1)]) == "b")
    }

    @Test("is none of a sentinel that is behind, until a majority has said so for a while")
    func behind() {
        var ballot = SentinelBallot()
        #expect(choose(&ballot, [answer("new", 9)]) == "new")
        #expect(choose(&ballot, [answer("old", 8)], after: .seconds(60)) == nil)
        let two = [answer("old", 8), answer("old", 8)]
        #expect(choose(&ballot, two, after: .seconds(9)) == nil)
        #expect(choose(&ballot, two, after: .seconds(10)) == "old")
        #expect(choose(&ballot, [answer("old", 8)], after: .seconds(11)) == "old")
    }

    @Test("is none without an answer")
    func empty() {
        var ballot = SentinelBallot()
        #expect(choose(&ballot, []) == nil)
    }
}

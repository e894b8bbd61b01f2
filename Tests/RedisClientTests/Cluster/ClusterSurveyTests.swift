import Testing

@testable import RedisClient

@Suite("Asking a cluster's nodes about it")
struct ClusterSurveyTests {
    private let start = MonotonicTime(nanoseconds: 0)
    private let pause = Duration.milliseconds(250)

    private let stranger = RedisEndpoint.tcp(host: "0", port: 2)

    private func nodes(_ count: Int) -> [RedisEndpoint] { (0..<count).map { .tcp(host: "n\($0)", port: 1) } }

    private func survey(connected: Int = 0, strangers: Int) -> ClusterSurvey {
        ClusterSurvey(
            connected: Array(nodes(connected)), strangers: nodes(strangers).map { .tcp(host: "\($0)", port: 2) },
            now: start)
    }

    @Test("begins with three that nothing is known of, or with all that are connected and one more")
    func begin() {
        var fresh = survey(strangers: 6)
        #expect(fresh.takeToAsk().count == 3)
        #expect(fresh.takeToAsk() == [])
        var known = survey(connected: 3, strangers: 6)
        #expect(known.takeToAsk().prefix(3) == nodes(3)[...])
        var large = survey(connected: 100, strangers: 100)
        #expect(large.takeToAsk().count == 17)
    }

    @Test("ends when all have answered, or a quarter of a second after the first answer")
    func end() {
        var survey = survey(strangers: 3)
        _ = survey.takeToAsk()
        #expect(!survey.isOver(now: start + .seconds(60)))
        survey.answered(stranger, isNews: true, now: start + pause)
        #expect(survey.nextDeadline == start + pause * 2)
        #expect(!survey.isOver(now: start + pause * 1.9))
        #expect(survey.isOver(now: start + pause * 2))
        survey.answered(stranger, isNews: true, now: start + pause)
        survey.failed(stranger)
        #expect(survey.isOver(now: start + pause))
    }

    @Test("asks another one in place of one that fails, and every 250 ms as long as nobody answers")
    func silence() {
        var survey = survey(strangers: 6)
        _ = survey.takeToAsk()
        survey.failed(stranger)
        #expect(survey.takeToAsk().count == 1)
        survey.timePassed(now: start + pause)
        #expect(survey.takeToAsk().count == 1)
        survey.timePassed(now: start + pause * 1.5)
        #expect(survey.takeToAsk() == [])
        survey.timePassed(now: start + pause * 2)
        #expect(survey.takeToAsk().count == 1)
        #expect(survey.nextDeadline == .distantFuture)
        #expect(!survey.isOver(now: start + pause * 10))
        for _ in 0..<5 { survey.failed(stranger) }
        #expect(survey.isOver(now: start))
    }

    @Test("asks nobody else once there is an answer")
    func enough() {
        var survey = survey(strangers: 6)
        _ = survey.takeToAsk()
        survey.answered(stranger, isNews: true, now: start)
        survey.failed(stranger)
        survey.timePassed(now: start + pause)
        #expect(survey.takeToAsk() == [])
    }

    @Test("asks another stranger as long as none has told what the connected ones have not")
    func secondOpinion() {
        var survey = survey(connected: 1, strangers: 6)
        #expect(survey.takeToAsk().count == 2)
        survey.answered(nodes(1)[0], isNews: true, now: start)
        survey.failed(stranger)
        #expect(survey.takeToAsk().count == 1)
        survey.answered(stranger, isNews: false, now: start)
        #expect(survey.takeToAsk().count == 1)
        survey.answered(stranger, isNews: true, now: start)
        #expect(survey.takeToAsk() == [])
        #expect(survey.isOver(now: start))
    }

    @Test("is over where nobody is known")
    func nobody() {
        #expect(survey(strangers: 0).isOver(now: start))
    }
}

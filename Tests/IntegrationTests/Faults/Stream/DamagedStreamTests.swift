import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A stream of replies that is damaged")
    struct DamagedStreamTests {
        private static let cases = Damage.Kind.allCases.flatMap { kind in
            [1, 2, 16, 64].filter { StreamCase.canHit(kind, tasks: $0) }.flatMap { tasks in
                [false, true].map { hasNearCache in
                    StreamCase(
                        kind: kind, tasks: tasks, hasNearCache: hasNearCache, isRepeated: hasNearCache != (tasks < 16))
                }
            }
        }

        @Test("Each answer is about what was asked, or an error, and the client recovers by itself", arguments: cases)
        func identity(_ scene: StreamCase) async throws {
            try await scene.play().expectNothingWrong()
        }

        @Test("A listening connection that is damaged makes no answer wrong", arguments: Damage.Kind.allCases)
        func listening(_ kind: Damage.Kind) async throws {
            guard kind != .swap else { return }
            let scene = StreamCase(kind: kind, tasks: 16, hasNearCache: true, target: .listening)
            try await scene.play().expectNothingWrong()
        }

        @Test(
            "Control: a client that takes the order of replies for granted answers wrongly",
            arguments: [Damage.Kind.swallow, .double, .insertError])
        func replyOrder(_ kind: Damage.Kind) async throws {
            try await expectWrongAnswers(StreamCase(kind: kind, tasks: 16), assuming: [.replyOrder, .subjects])
        }

        @Test("Control: a client that compares nonces and no subjects is deceived by a swap within one span")
        func subjects() async throws {
            try await expectWrongAnswers(
                StreamCase(kind: .swap, tasks: 64, isRepeated: true), assuming: .subjects)
        }

        /// One reply that takes another's place may be like it, and a surplus one may show at once: a few attempts.
        private func expectWrongAnswers(_ scene: StreamCase, assuming assumptions: Assumptions) async throws {
            for _ in 0..<20 {
                let notes = try await scene.play(assuming: assumptions).notes
                guard notes.wrongCount == 0 else {
                    return print("\(scene.kind): \(notes.wrong) beside \(notes.right) right answers")
                }
            }
            Issue.record("nothing wrong was found: \(scene)")
        }
    }
}

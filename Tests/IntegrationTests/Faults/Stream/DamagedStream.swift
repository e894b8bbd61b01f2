import Testing

@testable import SessionRepository

/// Tasks that check every answer while replies are damaged on their way.
struct DamagedStream {
    let tasks: Int
    let work: StreamWork
    let damage: Damage
    /// How many replies must be hit before the damage ends; one that is limited ends by itself.
    var wantedHits = 1
    /// How many answers in a row each task must get right before it counts as recovered.
    var answers = 10
    /// How long that may take before it counts as never.
    var patience = Duration.seconds(20)

    struct Report {
        let notes: StreamNotes
        let hits: Int
        /// Whether every task got right answers again.
        let isRecovered: Bool
        /// From the last hit until the last call that failed or was answered wrongly.
        let recovery: Duration
    }

    func play(on repository: RedisSessionRepository, through ways: [FaultProxy]) async throws -> Report {
        let notes = StreamNotes()
        let workers = try await inParallel(tasks) { try await StreamWorker.make($0, in: repository, notes: notes) }
        let isOver = Flag()
        let loops = workers.map { worker in
            Task { [work] in
                var worker = worker
                var turn = worker.number
                while !isOver.isRaised {
                    await worker.perform(work.operations[turn % work.operations.count])
                    turn += 1
                }
            }
        }
        defer { isOver.raise() }
        try await eventually("every task is answered") { notes.areRight(tasks, answers: 3) }
        for way in ways { await way.apply(.damaging(damage)) }
        func hits() -> Int { ways.map(\.hits).reduce(0, +) }
        try await eventually("replies are hit", within: .seconds(30)) { hits() >= wantedHits }
        let counted = hits()
        if damage.limit > wantedHits { for way in ways { await way.heal() } }
        let healed = ContinuousClock.now
        notes.beginRows()
        var isRecovered = false
        while !isRecovered, ContinuousClock.now - healed < patience {
            isRecovered = notes.areRight(tasks, answers: answers)
            try await Task.sleep(for: .milliseconds(2))
        }
        isOver.raise()
        for loop in loops { await loop.value }
        let recovery = notes.lastProblem.map { $0 - healed } ?? .zero
        return Report(notes: notes, hits: counted, isRecovered: isRecovered, recovery: max(.zero, recovery))
    }
}

extension DamagedStream.Report {
    /// Every answer was right or an error that says that it cannot be known.
    func expectNothingWrong(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            notes.wrongCount == 0,
            "\(notes.wrong) beside \(notes.right) right answers: \(notes.examples.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
        #expect(
            notes.codes.subtracting(StreamNotes.expected) == [], "\(notes.examples.joined(separator: "\n"))",
            sourceLocation: sourceLocation)
        #expect(isRecovered, "not all tasks are answered again: \(notes.codes)", sourceLocation: sourceLocation)
        #expect(hits > 0, sourceLocation: sourceLocation)
    }
}

import Foundation

@testable import SessionRepository
@testable import SessionRepositoryTesting

/// Plays one sequence on a repository and on the twin, and compares what each step shows and what is there at the end.
struct Comparison {
    enum Verdict: Equatable {
        case agree
        /// A step took place while something ended by itself: both answers would be right.
        case undecided
        case differ(String)

        var isDifference: Bool {
            if case .differ = self { true } else { false }
        }
    }

    /// A repository with nothing in it.
    let fresh: () async throws -> any SessionRepository
    let policy: SessionPolicy
    let tokens: RefreshTokenKeys
    var keyPrefix = "sr"

    func run(_ steps: [Step]) async throws -> Verdict {
        let subject = try await fresh()
        func time() async throws -> Int64 {
            try await subject.currentTime().unixMilliseconds ?? 0
        }
        let world = try World()
        let clock = ManualClock()
        let twin = try InMemorySessionRepository(
            policy: policy, refreshTokenKeys: tokens, authorizeAttributes: ["slot"], authorizeAssurance: true,
            keyPrefix: keyPrefix, now: { clock.now })
        var (left, right) = (Player(subject, in: world), Player(twin, in: world))
        var slack: Int64 = 1
        var last: Int64 = 0
        for (number, step) in (steps + Self.inspection).enumerated() {
            if step == .pause {
                let end = last + Player.shortLife.wholeMilliseconds + slack + 1
                while try await time() <= end { try await Task.sleep(for: .milliseconds(10)) }
            }
            // In a millisecond of its own: what is ordered by time has one order.
            var before = try await time()
            while before <= last { before = try await time() }
            let observed = try await left.play(step)
            last = try await time()
            slack = max(slack, last - before + 1)
            guard !twin.hasDeadline(in: before - slack...last + slack) else { return .undecided }
            clock.set(to: before)
            let expected = try await right.play(step)
            guard observed.agrees(with: expected, within: slack) else {
                return .differ(
                    "step \(number), \(step):\n  it says \(observed)\n  the twin \(expected), within \(slack) ms")
            }
        }
        return .agree
    }

    /// What is visible of everything, and then nothing any more.
    private static let inspection: [Step] =
        (0..<Step.slots).flatMap { [.find(slot: $0, owner: nil), .authorize(slot: $0), .chainState(slot: $0)] }
        + (0..<Step.users).map { .list(user: $0, pageSize: 100) }
        + (0..<Step.grants).map { .findGrant($0) } + (0..<Step.users).map { .listGrantsTo($0) } + [.listGrants, .sweep]

    /// Leaves steps out as long as what remains still shows a difference: first many at a time, then one by one.
    func shrink(_ steps: [Step]) async throws -> (steps: [Step], difference: String) {
        var smallest = steps
        var difference = ""
        var size = steps.count
        while size >= 1 {
            var start = 0
            while start < smallest.count {
                var candidate = smallest
                candidate.removeSubrange(start..<min(start + size, candidate.count))
                if case .differ(let text) = try await run(candidate) {
                    (smallest, difference) = (candidate, text)
                } else {
                    start += size
                }
            }
            size /= 2
        }
        if difference.isEmpty, case .differ(let text) = try await run(smallest) { difference = text }
        return (smallest, difference)
    }
}

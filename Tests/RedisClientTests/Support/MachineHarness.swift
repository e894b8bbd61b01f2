import TestSupport

@testable import RedisClient

/// A connection machine under a clock that stands still until it is told to move. Requests are their own IDs.
final class MachineHarness {
    enum Step: Equatable {
        case fail(Int, RedisError)
        case resolve
        case connect(Int)
        case abandon(Int)
        case disconnect
        case send(Int)
        case askRole
        case prove
        case lookUpName
        case finish
    }

    enum Answer: Equatable {
        case handshake
        case reply(Int)
        case late(Int)
        case discard
        case part(Int)
        /// Taken, and not proved yet.
        case staged
        case nonce
        case role
        case unexpected
    }

    static let connectTimeout = Duration.seconds(1)
    static let stallMargin = Duration.milliseconds(500)
    static let brokenLine = RedisError.unavailable(reason: "the line broke")

    var machine: ConnectionMachine<Int, SplitMix64>
    private(set) var now = MonotonicTime(nanoseconds: 0)

    /// - Parameter provesReplies: without, each reply counts as proved when it comes.
    init(
        window: Int = 100, windowBytes: Int = 1 << 20, seed: UInt64 = 1, staysConnected: Bool = false,
        failsFast: Bool = false, provesReplies: Bool = false, freshness: Freshness.Limits = .init(),
        firstWindow: Int = 1 << 20
    ) {
        machine = ConnectionMachine(
            limits: .init(
                connectTimeout: Self.connectTimeout, stallMargin: Self.stallMargin,
                maximumCommandsInFlight: window, maximumBytesInFlight: windowBytes, failsFast: failsFast,
                provesReplies: provesReplies, freshness: freshness, pace: .init(firstWindow: firstWindow)),
            random: SplitMix64(seed: seed))
        machine.staysConnected = staysConnected
    }

    /// A machine that is logged in and idle.
    static func ready(
        window: Int = 100, windowBytes: Int = 1 << 20, failsFast: Bool = false, provesReplies: Bool = false,
        freshness: Freshness.Limits = .init(), firstWindow: Int = 1 << 20
    ) -> MachineHarness {
        let harness = MachineHarness(
            window: window, windowBytes: windowBytes, failsFast: failsFast, provesReplies: provesReplies,
            freshness: freshness, firstWindow: firstWindow)
        harness.submit(0)
        harness.connect()
        _ = harness.reply()
        if provesReplies { _ = harness.nonce() }
        _ = harness.machine.takeReleased()
        return harness
    }

    func submit(
        _ id: Int, bytes: Int = 10, replies: Int = 1, isSealed: Bool = false, isIdempotent: Bool = true,
        timeout: Duration = .seconds(1)
    ) {
        machine.submit(
            id, id: UInt64(id), bytes: bytes, replies: replies, isSealed: isSealed, isIdempotent: isIdempotent,
            deadline: now + timeout)
    }

    /// Everything that the machine wants now. Bounded, so that a machine that never has enough fails its test.
    func steps() -> [Step] {
        var steps: [Step] = []
        while steps.count < 1000, let action = machine.nextAction(now: now) {
            switch action {
            case .fail(let request, let error): steps.append(.fail(request, error))
            case .resolve: steps.append(.resolve)
            case .connect(let index): steps.append(.connect(index))
            case .abandon(let index): steps.append(.abandon(index))
            case .disconnect: steps.append(.disconnect)
            case .send(let request): steps.append(.send(request))
            case .askRole: steps.append(.askRole)
            case .prove: steps.append(.prove)
            case .lookUpName: steps.append(.lookUpName)
            case .finish: steps.append(.finish)
            }
        }
        return steps
    }

    func advance(_ duration: Duration) {
        now = now + duration
    }

    func advanceToDeadline() {
        now = machine.nextDeadline
    }

    /// From "something waits" to "logged in"; returns what was sent then.
    @discardableResult
    func connect() -> [Step] {
        _ = steps()
        machine.resolved(addressCount: 1)
        _ = steps()
        machine.connected(handshakeReplies: 0, now: now)
        return steps()
    }

    func lose(_ error: RedisError = brokenLine) {
        machine.connectionLost(error, now: now)
    }

    func loseAttempt(_ index: Int) {
        machine.attemptLost(index, Self.brokenLine, now: now)
    }

    func reply() -> Answer {
        let answer: Answer =
            switch machine.replyArrived() {
            case .handshake: .handshake
            case .answer: .staged
            case .discard: .discard
            case .part(let request): .part(request)
            case .nonce: .nonce
            case .role: .role
            case .unexpected: .unexpected
            }
        guard !machine.limits.provesReplies else { return answer }
        machine.proofs.assumeProved()
        return proved().first ?? answer
    }

    /// The nonce comes that is expected; what it proves.
    func nonce() -> [Answer] {
        guard case .nonce = machine.replyArrived() else { return [.unexpected] }
        machine.nonceArrived(now: now)
        return proved()
    }

    func nameLookedUp(isThere: Bool?) -> Bool { machine.nameLookedUp(isThere: isThere, now: now) }

    func isIdle() -> Bool { machine.isIdle(now: now) }

    func isStored(_ text: String, of command: String = "GET a", isSealed: Bool = false) -> Bool {
        machine.foreignAnswers.isStored(text, of: Array(command.utf8), isSealed: isSealed, now: now)
    }

    /// The problem that ended the proof, if one did.
    private(set) var refutation: RedisError?
    /// When the role checks were sent that have been proved.
    private(set) var confirmations: [MonotonicTime] = []

    private func proved() -> [Answer] {
        var answers: [Answer] = []
        while let next = machine.nextProved() {
            switch next {
            case .answer(let request): answers.append(.reply(request))
            case .late(let request): answers.append(.late(request))
            case .master(let askedAt): confirmations.append(askedAt)
            case .refuted(let problem):
                refutation = problem
                return answers
            }
        }
        return answers
    }
}

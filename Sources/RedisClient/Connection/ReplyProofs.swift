import DequeModule

/// Which replies are proved: the places of nonces and role checks among the commands that were sent on one connection.
///
/// Replies come in the order of what was sent. A nonce that comes back in its place proves that before it came as many
/// replies as commands were sent: none is missing, and none is one too many. Until then replies are only staged.
struct ReplyProofs {
    /// What the next reply belongs to.
    enum Expected: Equatable {
        case command
        case nonce(Nonce)
        case role
        case nothing
    }

    enum Proved: Equatable {
        /// The oldest command that was not proved.
        case command
        /// A role check, with what is wrong with its answer.
        case role(askedAt: MonotonicTime, RedisError?)
    }

    /// How a nonce was sent.
    struct Sending: Equatable {
        let time: MonotonicTime
        /// Whether the connection has had something to do all the time since the nonce before.
        let foundQueue: Bool
    }

    private struct Marker {
        let expected: Expected
        /// How many commands were sent before it.
        let place: UInt64
        let sending: Sending
    }

    private struct RoleAnswer {
        let place: UInt64
        let problem: RedisError?
    }

    /// A write ends with a nonce, and a long one has one after as many commands: so that the first answers of a large batch
    /// can go on while the server works on the rest.
    static let span = 32

    private(set) var sent: UInt64 = 0
    private var received: UInt64 = 0
    private var proved: UInt64 = 0
    private var provable: UInt64 = 0
    private var markers: Deque<Marker> = []
    private var roleAnswers: Deque<RoleAnswer> = []
    private var nonce = Nonce.random()
    /// Commands and role checks since the last nonce.
    private var unmarked = 0
    /// When the role check was sent whose answer is not proved.
    private(set) var roleAskedAt: MonotonicTime?

    // MARK: Sending

    /// - Parameter isSealed: whether a nonce must be the next.
    mutating func commandSent(isSealed: Bool = false) {
        sent += 1
        unmarked = isSealed ? Self.span : unmarked + 1
    }

    /// One at a time: not before the former one is proved.
    mutating func roleCheckSent(now: MonotonicTime) {
        roleAskedAt = now
        markers.append(Marker(expected: .role, place: sent, sending: Sending(time: now, foundQueue: false)))
        unmarked += 1
    }

    /// The one that `nonceSent` will be about.
    var nextNonce: Nonce { nonce.next }

    mutating func nonceSent(now: MonotonicTime, foundQueue: Bool) {
        nonce = nonce.next
        let sending = Sending(time: now, foundQueue: foundQueue)
        markers.append(Marker(expected: .nonce(nonce), place: sent, sending: sending))
        unmarked = 0
    }

    /// Whether a nonce must be sent before anything else.
    var isSpanFull: Bool { unmarked >= Self.span }
    var isSpanOpen: Bool { unmarked > 0 }

    // MARK: Receiving

    var expected: Expected {
        if let marker = markers.first, marker.place == received { return marker.expected }
        return received < sent ? .command : .nothing
    }

    /// The nonce that is to come next, perhaps after some replies.
    var pendingNonce: Nonce? {
        for marker in markers { if case .nonce(let nonce) = marker.expected { return nonce } }
        return nil
    }

    /// Commands whose replies are staged.
    var staged: Int { Int(received - proved) }

    mutating func commandReceived() { received += 1 }

    mutating func roleReceived(problem: RedisError?) {
        guard case .role? = markers.first?.expected else { return }
        markers.removeFirst()
        roleAnswers.append(RoleAnswer(place: received, problem: problem))
    }

    /// The expected nonce came.
    /// - Returns: how it was sent; `nil` when none was expected.
    mutating func nonceReceived() -> Sending? {
        guard case .nonce? = markers.first?.expected else { return nil }
        provable = received
        return markers.removeFirst().sending
    }

    /// Believes what was received without a proof.
    mutating func assumeProved() { provable = received }

    /// What is proved now, one after the other, in the order of sending.
    mutating func nextProved() -> Proved? {
        if let answer = roleAnswers.first, answer.place == proved {
            roleAnswers.removeFirst()
            defer { roleAskedAt = nil }
            return .role(askedAt: roleAskedAt ?? MonotonicTime(nanoseconds: .min), answer.problem)
        }
        guard proved < provable else { return nil }
        proved += 1
        return .command
    }

    var isEmpty: Bool { proved == sent && markers.isEmpty }

    /// The connection is gone.
    mutating func reset() {
        (sent, received, proved, provable, unmarked) = (0, 0, 0, 0, 0)
        markers.removeAll(keepingCapacity: true)
        roleAnswers.removeAll(keepingCapacity: true)
        roleAskedAt = nil
    }
}

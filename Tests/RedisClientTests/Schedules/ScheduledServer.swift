import DequeModule
import TestSupport

@testable import RedisClient

/// The server of a schedule, and the way back from it, on which one reply may be damaged.
struct ScheduledServer {
    enum Sent: Equatable {
        case command(Int, replies: Int)
        case nonce(Nonce)
        case role
    }

    enum Reply: Equatable {
        /// The last reply to a command, and one before it.
        case answer(to: Int)
        case part(of: Int)
        case nonce(Nonce)
        case role(isMaster: Bool)
        /// Nobody asked for it.
        case surplus
    }

    enum Damage: CaseIterable {
        case lost, doubled, preceded
    }

    private(set) var unanswered: Deque<Sent> = []
    private(set) var wire: Deque<Reply> = []
    /// At most one reply of a connection is damaged: of two, one could make up for the other.
    private(set) var damage: Damage?

    mutating func receive(_ sent: Sent) { unanswered.append(sent) }

    /// Answers the oldest thing that it was sent.
    mutating func answer(isMaster: Bool, damaging damage: Damage?) {
        guard let sent = unanswered.popFirst() else { return }
        var replies: [Reply]
        switch sent {
        case .command(let id, let count):
            replies = [Reply](repeating: .part(of: id), count: count - 1) + [.answer(to: id)]
        case .nonce(let nonce): replies = [.nonce(nonce)]
        case .role: replies = [.role(isMaster: isMaster)]
        }
        if let damage, self.damage == nil {
            self.damage = damage
            switch damage {
            case .lost: replies.removeLast()
            case .doubled: replies.append(contentsOf: replies.suffix(1))
            case .preceded: replies.insert(.surplus, at: 0)
            }
        }
        wire.append(contentsOf: replies)
    }

    mutating func deliver() -> Reply? { wire.popFirst() }

    /// Says something that nobody asked for: damage too, of which there is one at most.
    mutating func say(_ reply: Reply) {
        guard damage == nil else { return }
        damage = .preceded
        wire.append(reply)
    }
}

import DequeModule
import Foundation
import RedisClient
import TestSupport

/// One direction of a connection through the proxy.
struct ProxyPipe {
    private struct Chunk {
        var due: MonotonicTime
        var bytes: ArraySlice<UInt8>
    }

    let source: Int32
    let destination: Int32
    /// Whether what came out is no longer what went in.
    private(set) var isDamaged = false
    /// Whether the source has closed.
    private(set) var hasEnded = false
    /// Whether the destination has been told so.
    private(set) var isFinished = false
    private var endedByReset = false
    private var chunks: Deque<Chunk> = []
    private var queuedBytes = 0
    /// How the stream begins: a client's handshake names it.
    private(set) var head: [UInt8] = []
    private static let headLength = 1024
    /// Of replies, not of commands.
    private var damager: ReplyDamager?

    private static let capacity = 1 << 20
    /// So that one connection's bytes, one by one, do not keep the others waiting.
    private static let singleBytesPerTurn = 256

    init(from source: Int32, to destination: Int32, carriesReplies: Bool) {
        self.source = source
        self.destination = destination
        damager = carriesReplies ? ReplyDamager() : nil
    }

    var wantsToRead: Bool { !hasEnded && queuedBytes < Self.capacity }

    /// When there will be something to write; `nil` for never.
    func nextWrite(_ flow: LinkRules.Flow) -> MonotonicTime? {
        flow == .hold ? nil : chunks.first?.due
    }

    mutating func read(_ flow: LinkRules.Flow, now: MonotonicTime, dice: inout DamageDice) {
        do throws(ProxySocket.Failure) {
            guard let bytes = try ProxySocket.receive(from: source) else { return }
            guard !bytes.isEmpty else {
                hasEnded = true
                return
            }
            take(bytes, flow, now: now, dice: &dice)
        } catch {
            hasEnded = true
            endedByReset = true
        }
    }

    private mutating func take(
        _ bytes: [UInt8], _ flow: LinkRules.Flow, now: MonotonicTime, dice: inout DamageDice
    ) {
        if head.count < Self.headLength { head += bytes.prefix(Self.headLength - head.count) }
        var bytes = bytes
        var due = now
        if case .damage(let damage) = flow {
            bytes = damager?.damage(bytes, damage, &dice) ?? bytes
        } else {
            bytes = damager?.pass(bytes) ?? bytes
        }
        switch flow {
        case .pass, .hold, .byteWise, .damage: break
        case .delay(let duration): due = now + duration
        case .swallow:
            isDamaged = true
            return
        case .garbage:
            if Int.random(in: 0..<4, using: &dice.random) == 0 {
                isDamaged = true
                let garbage = (0..<Int.random(in: 1...16, using: &dice.random)).map { _ in
                    UInt8.random(in: 0...255, using: &dice.random)
                }
                bytes.insert(contentsOf: garbage, at: Int.random(in: 0...bytes.count, using: &dice.random))
            }
        }
        enqueue(bytes, due: due)
    }

    private mutating func enqueue(_ bytes: [UInt8], due: MonotonicTime) {
        guard !bytes.isEmpty else { return }
        queuedBytes += bytes.count
        // A shorter delay must not let bytes overtake others.
        chunks.append(Chunk(due: max(due, chunks.last?.due ?? due), bytes: bytes[...]))
    }

    /// - Throws: when the destination is gone.
    mutating func write(_ flow: LinkRules.Flow, now: MonotonicTime) throws(ProxySocket.Failure) {
        guard flow != .hold else { return }
        var budget = flow == .byteWise ? Self.singleBytesPerTurn : .max
        while budget > 0, let first = chunks.first, first.due <= now {
            let piece = flow == .byteWise ? first.bytes.prefix(1) : first.bytes
            let count = try ProxySocket.send(piece, to: destination)
            guard count > 0 else { return }
            budget -= count
            queuedBytes -= count
            chunks[0].bytes = first.bytes.dropFirst(count)
            if chunks[0].bytes.isEmpty { chunks.removeFirst() }
        }
    }

    /// Tells the destination, once it has everything, that the source has closed.
    /// - Throws: when it is to be told by a reset.
    mutating func finishIfDone(_ flow: LinkRules.Flow) throws(ProxySocket.Failure) {
        guard hasEnded, !isFinished, chunks.isEmpty, flow.tellsOfEnd else { return }
        guard !endedByReset else { throw ProxySocket.Failure() }
        shutdown(destination, Int32(SHUT_WR))
        isFinished = true
    }

    /// What was delayed or held is due now.
    mutating func release(now: MonotonicTime) {
        if let held = damager?.release() { enqueue(held, due: now) }
        for index in chunks.indices { chunks[index].due = min(chunks[index].due, now) }
    }
}

import Foundation
import RedisClient
import TestSupport

/// One connection through the proxy: two sockets and what flows between them.
struct ProxyLink {
    private let client: Int32
    private let server: Int32
    private var towardsServer: ProxyPipe
    private var towardsClient: ProxyPipe
    /// Cut off without a word: nothing of it arrives any more, whatever the rules say.
    var isFrozen = false

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
        towardsServer = ProxyPipe(from: client, to: server, carriesReplies: false)
        towardsClient = ProxyPipe(from: server, to: client, carriesReplies: true)
    }

    /// What to poll for: first the client's side, then the server's.
    func pollRequests(_ rules: LinkRules, now: MonotonicTime) -> [pollfd] {
        let rules = effective(rules)
        let writes = (
            toServer: towardsServer.nextWrite(rules.towardsServer).map { $0 <= now } ?? false,
            toClient: towardsClient.nextWrite(rules.towardsClient).map { $0 <= now } ?? false
        )
        return [
            Self.request(client, reads: towardsServer.wantsToRead, writes: writes.toClient),
            Self.request(server, reads: towardsClient.wantsToRead, writes: writes.toServer),
        ]
    }

    private static func request(_ descriptor: Int32, reads: Bool, writes: Bool) -> pollfd {
        let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
        // A hang-up is reported without being asked for: what wants nothing is not polled.
        return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }

    /// When delayed bytes are due.
    func nextDeadline(_ rules: LinkRules) -> MonotonicTime {
        let rules = effective(rules)
        return min(
            towardsServer.nextWrite(rules.towardsServer) ?? .distantFuture,
            towardsClient.nextWrite(rules.towardsClient) ?? .distantFuture)
    }

    /// Moves what can be moved.
    /// - Returns: whether the connection goes on; if not, it has been closed.
    mutating func turn(
        _ rules: LinkRules, ready: (client: Int16, server: Int16), now: MonotonicTime, dice: inout DamageDice
    ) -> Bool {
        let rules = effective(rules)
        if ready.client & Self.readable != 0, towardsServer.wantsToRead {
            towardsServer.read(rules.towardsServer, now: now, dice: &dice)
        }
        if ready.server & Self.readable != 0, towardsClient.wantsToRead {
            towardsClient.read(rules.towardsClient, now: now, dice: &dice)
        }
        do throws(ProxySocket.Failure) {
            try towardsServer.write(rules.towardsServer, now: now)
            try towardsClient.write(rules.towardsClient, now: now)
            try towardsServer.finishIfDone(rules.towardsServer)
            try towardsClient.finishIfDone(rules.towardsClient)
        } catch {
            reset()
            return false
        }
        guard towardsServer.isFinished, towardsClient.isFinished else { return true }
        close(client)
        close(server)
        return false
    }

    /// New rules apply.
    /// - Returns: whether the connection can go on under them; if not, it has been reset.
    mutating func adapt(to rules: LinkRules, now: MonotonicTime) -> Bool {
        let rules = effective(rules)
        let isLost =
            (towardsServer.isDamaged && ![.swallow, .garbage].contains(rules.towardsServer))
            || (towardsClient.isDamaged && ![.swallow, .garbage].contains(rules.towardsClient))
        guard !isLost else {
            reset()
            return false
        }
        towardsServer.release(now: now)
        towardsClient.release(now: now)
        return true
    }

    func reset() {
        ProxySocket.reset(client)
        ProxySocket.reset(server)
    }

    private func effective(_ rules: LinkRules) -> LinkRules {
        if isFrozen { return .both(.swallow) }
        guard case .damage(let damage) = rules.towardsClient, let name = damage.client else { return rules }
        let isMeant = String(decoding: towardsServer.head, as: UTF8.self).contains("\r\n\(name)\r\n")
        return isMeant ? rules : .healthy
    }

    private static let readable = Int16(POLLIN | POLLHUP | POLLERR)
}

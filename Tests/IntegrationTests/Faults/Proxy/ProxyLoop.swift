import Foundation
import RedisClient
import TestSupport

/// What the proxy's thread does.
final class ProxyLoop {
    private let reservation: Int32
    private let host: String
    private let port: UInt16
    private let mailbox: ProxyMailbox
    private var listener: Int32?
    private var upstream: RedisEndpoint
    private var rules = LinkRules.healthy
    private var links: [ProxyLink] = []
    private var dice: DamageDice
    private var isOver = false

    init(
        reservation: Int32, listener: Int32, host: String, port: UInt16, upstream: RedisEndpoint, mailbox: ProxyMailbox,
        seed: UInt64
    ) {
        self.reservation = reservation
        self.listener = listener
        self.host = host
        self.port = port
        self.upstream = upstream
        self.mailbox = mailbox
        dice = DamageDice(random: SplitMix64(seed: seed))
    }

    /// The thread's name, at most fifteen bytes.
    static let threadName = "fault-proxy"

    func run() {
        Thread.current.name = Self.threadName
        while !isOver { turn() }
        for link in links { link.reset() }
        if let listener { close(listener) }
        close(reservation)
        mailbox.close()
    }

    private func turn() {
        var now = MonotonicTime.now()
        var requests = [
            pollfd(fd: mailbox.readEnd, events: Int16(POLLIN), revents: 0),
            pollfd(fd: listener ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        for link in links { requests += link.pollRequests(rules, now: now) }
        // Bytes that are due and do not fit wait for the socket, not for the clock.
        let next = links.map { $0.nextDeadline(rules) }.filter { $0 > now }.min() ?? .distantFuture
        _ = poll(&requests, nfds_t(requests.count), next.pollTimeout(from: now))
        now = .now()
        var going: [ProxyLink] = []
        for (index, link) in links.enumerated() {
            var link = link
            let ready = (client: requests[2 + 2 * index].revents, server: requests[3 + 2 * index].revents)
            if link.turn(rules, ready: ready, now: now, dice: &dice) { going.append(link) }
        }
        links = going
        if requests[1].revents != 0 { admit() }
        if requests[0].revents != 0 { obey(now: now) }
        mailbox.report(connections: links.count, hits: dice.hits)
    }

    private func admit() {
        guard let listener, let client = ProxySocket.accepted(from: listener) else { return }
        guard rules.admission == .open, let server = ProxySocket.connecting(to: upstream) else {
            return ProxySocket.reset(client)
        }
        links.append(ProxyLink(client: client, server: server))
    }

    private func obey(now: MonotonicTime) {
        for (order, continuation) in mailbox.take() {
            switch order {
            case .rules(let rules): adapt(to: rules, now: now)
            case .reset: resetAll()
            case .redirect(let endpoint, let fate):
                upstream = endpoint
                switch fate {
                case .reset: resetAll()
                case .kept: break
                case .frozen: for index in links.indices { links[index].isFrozen = true }
                }
            case .stop: isOver = true
            }
            mailbox.report(connections: links.count, hits: dice.hits)
            continuation?.resume()
        }
    }

    private func adapt(to rules: LinkRules, now: MonotonicTime) {
        self.rules = rules
        dice.hits = 0
        if rules.admission == .open {
            var going: [ProxyLink] = []
            for var link in links where link.adapt(to: rules, now: now) { going.append(link) }
            links = going
        } else {
            resetAll()
        }
        if rules.admission == .refuse {
            if let listener { close(listener) }
            listener = nil
        } else if listener == nil {
            // The port is reserved; what could fail is a lack of descriptors, and then nobody gets in.
            listener = try? ProxySocket.listening(on: port, of: host)
        }
    }

    private func resetAll() {
        for link in links { link.reset() }
        links = []
    }
}

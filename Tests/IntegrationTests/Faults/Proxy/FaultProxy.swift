import Foundation
import RedisClient
import Synchronization

/// A TCP proxy in this process that can be told at any time how to treat what goes through it: between a client and a
/// server, or between a master and its replica. On a free port of 127.0.0.1, on a thread of its own.
///
/// What it is told is done when the call returns.
final class FaultProxy: Sendable {
    enum Order: Sendable {
        case rules(LinkRules)
        /// Resets every connection there is.
        case reset
        /// New connections go there.
        case redirect(RedisEndpoint, OpenConnections)
        case stop
    }

    /// What becomes of the open connections of an address that is switched to another server.
    enum OpenConnections: Sendable {
        case reset
        /// They go on, to the server that they are connected to.
        case kept
        /// Nothing of them arrives any more, in either direction.
        case frozen
    }

    let port: UInt16
    /// Which replies are damaged follows from it and from how they come.
    let seed: UInt64
    private let mailbox: ProxyMailbox

    /// - Parameters:
    ///   - host: an address of the loopback interface, of which Linux has many.
    ///   - port: zero for any.
    init(
        to upstream: RedisEndpoint, on host: String = "127.0.0.1", port: UInt16 = 0,
        seed: UInt64 = .random(in: 0...UInt64.max)
    ) throws {
        self.seed = seed
        let (reservation, port) = try ProxySocket.reserveLoopbackPort(port, on: host)
        self.port = port
        mailbox = try ProxyMailbox()
        let loop = ProxyLoop(
            reservation: reservation, listener: try ProxySocket.listening(on: port, of: host), host: host, port: port,
            upstream: upstream,
            mailbox: mailbox, seed: seed)
        // Handed over: nobody else uses it.
        nonisolated(unsafe) let handedOver = loop
        Thread.detachNewThread { handedOver.run() }
    }

    deinit { mailbox.post(.stop, whenDone: nil) }

    var endpoint: RedisEndpoint { .tcp(host: "127.0.0.1", port: port) }

    /// Connections that are open now.
    var connections: Int { mailbox.connections }

    /// How many replies have been damaged since the rules last changed.
    var hits: Int { mailbox.hits }

    func apply(_ rules: LinkRules) async { await mailbox.post(.rules(rules)) }

    func heal() async { await apply(.healthy) }

    func reset() async { await mailbox.post(.reset) }

    /// As when a virtual address moves to another server.
    func redirect(to upstream: RedisEndpoint, open: OpenConnections = .reset) async {
        await mailbox.post(.redirect(upstream, open))
    }

    func stop() async { await mailbox.post(.stop) }
}

/// Carries orders to the proxy's thread.
final class ProxyMailbox: Sendable {
    private struct State {
        var orders: [(FaultProxy.Order, CheckedContinuation<Void, Never>?)] = []
        var isClosed = false
        var connections = 0
        var hits = 0
    }

    private let state = Mutex(State())
    private let pipe: Pipe

    init() throws {
        pipe = Pipe()
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
        _ = fcntl(pipe.fileHandleForWriting.fileDescriptor, F_SETFL, O_NONBLOCK)
    }

    var readEnd: Int32 { pipe.fileHandleForReading.fileDescriptor }

    var connections: Int { state.withLock { $0.connections } }

    var hits: Int { state.withLock { $0.hits } }

    func post(_ order: FaultProxy.Order) async {
        await withCheckedContinuation { post(order, whenDone: $0) }
    }

    func post(_ order: FaultProxy.Order, whenDone continuation: CheckedContinuation<Void, Never>?) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.orders.append((order, continuation))
            return true
        }
        guard isTaken else {
            continuation?.resume()
            return
        }
        var byte: UInt8 = 1
        _ = write(pipe.fileHandleForWriting.fileDescriptor, &byte, 1)
    }

    // MARK: The thread's side

    func take() -> [(FaultProxy.Order, CheckedContinuation<Void, Never>?)] {
        var buffer = [UInt8](repeating: 0, count: 64)
        while read(readEnd, &buffer, buffer.count) > 0 {}
        return state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    func report(connections: Int, hits: Int) {
        state.withLock { state in
            state.connections = connections
            state.hits = hits
        }
    }

    /// Later orders are taken for done.
    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            state.connections = 0
            defer { state.orders = [] }
            return state.orders
        }
        for (_, continuation) in left { continuation?.resume() }
    }
}

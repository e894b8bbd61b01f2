import Foundation
import RedisClient
import Synchronization

/// Something that listens on a port of this machine and answers each command as it is told to, like a cluster's node.
///
/// By itself it answers what a client asks to check its connection: ECHO and PING with a nonce, ROLE and INFO, which say
/// that it is a master. An empty answer silences the connection: a server that is stuck answers no nonce either.
final class FakeNode: Sendable {
    typealias Answer = @Sendable (_ command: [String]) -> String

    let port: UInt16
    private let listener: Int32
    private let isOpen = Mutex(true)
    private let answer = Mutex<Answer>({ _ in "+OK\r\n" })
    private let heard = Mutex<[[String]]>([])
    private let replies = Mutex(0)
    private let accepted = Mutex(0)
    private let hangsUp = Mutex(false)

    var endpoint: RedisEndpoint { .tcp(host: "127.0.0.1", port: port) }
    /// All commands, in the order in which they came.
    var commands: [[String]] { heard.withLock { $0 } }
    /// How many of them it has answered.
    var answered: Int { replies.withLock { $0 } }

    /// How many connections it has accepted.
    var connections: Int { accepted.withLock { $0 } }

    init() throws {
        let listener = socket(AF_INET, Self.stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve() }
    }

    func answers(_ answer: @escaping Answer) {
        self.answer.withLock { $0 = answer }
    }

    /// Lets everybody log in, and closes then.
    func hangUpAfterLogIn() {
        hangsUp.withLock { $0 = true }
    }

    func stop() {
        isOpen.withLock { $0 = false }
        // What it answers may name another node, and that one's this one.
        answer.withLock { $0 = { _ in "" } }
    }

    private struct Conversation {
        let peer: Int32
        var commands = ReplySplitter()
        var isSubscribed = false
        var isSilent = false
    }

    private func serve() {
        var peers: [Conversation] = []
        while isOpen.withLock({ $0 }) {
            var polled = ([listener] + peers.map(\.peer)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 20) > 0 else { continue }
            var going: [Conversation] = []
            for (var conversation, poll) in zip(peers, polled.dropFirst())
            where poll.revents == 0 || converse(&conversation) {
                going.append(conversation)
            }
            peers = going
            guard polled[0].revents != 0, case let peer = accept(listener, nil, nil), peer >= 0 else { continue }
            accepted.withLock { $0 += 1 }
            peers.append(Conversation(peer: peer))
        }
        for socket in peers.map(\.peer) + [listener] { close(socket) }
    }

    private func converse(_ conversation: inout Conversation) -> Bool {
        let peer = conversation.peer
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(peer, &buffer, buffer.count, 0)
        guard count > 0 else {
            close(peer)
            return false
        }
        for command in conversation.commands.split(buffer[..<count]).map(ReplySplitter.words) {
            heard.withLock { $0.append(command) }
            if command.first == "SUBSCRIBE" { conversation.isSubscribed = true }
            let reply =
                FakeReply.toCheck(command, port: port, isSubscribed: conversation.isSubscribed)
                ?? answer.withLock { $0 }(command)
            if reply.isEmpty { conversation.isSilent = true }
            guard !conversation.isSilent else { continue }
            var rest = Array(reply.utf8)[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Self.noSignal) }
                guard sent > 0 else {
                    close(peer)
                    return false
                }
                rest = rest.dropFirst(sent)
            }
            replies.withLock { $0 += 1 }
            // A log-in ends with a nonce.
            if hangsUp.withLock({ $0 }), ["ECHO", "UNSUBSCRIBE"].contains(command.first) {
                close(peer)
                return false
            }
        }
        return true
    }

    #if os(Linux)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #else
    private static let stream = SOCK_STREAM
    private static let noSignal: Int32 = 0
    #endif
}

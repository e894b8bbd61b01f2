import Foundation
import Synchronization

/// Something that listens on a Unix socket and is not Redis: to whatever it receives it answers as `Manner` says.
final class FakeServer: Sendable {
    enum Manner: Sendable {
        /// The same bytes to every command that is received.
        case answers(String)
        /// These bytes to everybody who connects, unasked.
        case greets(String)
        /// Lets everybody log in, answers nonces and role checks like a master, and everything else by what `reply` makes
        /// of the command's number, in pieces of that many bytes.
        case improvises(piece: Int, reply: @Sendable (Int) -> [UInt8])
        /// Accepts and closes.
        case hangsUp
        /// Accepts and says nothing.
        case staysSilent
    }

    let path: String
    private let manner: Manner
    private let listener: Int32
    private let isOpen = Mutex(true)
    private let commandCount = Mutex(0)

    init(_ manner: Manner) throws {
        self.manner = manner
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("fake-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appendingPathComponent("s").path
        listener = socket(AF_UNIX, Self.stream, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let text = path
        guard text.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { throw POSIXError(.ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: text.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        Thread.detachNewThread { [self] in serve() }
    }

    func stop() {
        isOpen.withLock { $0 = false }
        try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }

    private func serve() {
        var peers: [(socket: Int32, commands: ReplySplitter)] = []
        while isOpen.withLock({ $0 }) {
            var polled = ([listener] + peers.map(\.socket)).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 20) > 0 else { continue }
            var going: [(socket: Int32, commands: ReplySplitter)] = []
            for (var peer, poll) in zip(peers, polled.dropFirst())
            where poll.revents == 0 || answer(peer.socket, &peer.commands) {
                going.append(peer)
            }
            peers = going
            guard polled[0].revents != 0 else { continue }
            let peer = accept(listener, nil, nil)
            if peer >= 0, greet(peer) { peers.append((peer, ReplySplitter())) }
        }
        for peer in peers { close(peer.socket) }
        close(listener)
    }

    private func greet(_ peer: Int32) -> Bool {
        switch manner {
        case .greets(let text): return say(Array(text.utf8), to: peer)
        case .hangsUp:
            close(peer)
            return false
        case .answers, .improvises, .staysSilent: return true
        }
    }

    private func answer(_ peer: Int32, _ splitter: inout ReplySplitter) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(peer, &buffer, buffer.count, 0)
        guard count > 0 else {
            close(peer)
            return false
        }
        let commands = splitter.split(buffer[..<count]).map(ReplySplitter.words)
        switch manner {
        case .answers(let text):
            return say(Array(String(repeating: text, count: commands.count).utf8), to: peer)
        case .improvises(let piece, let reply):
            var bytes = improvise(commands, reply)[...]
            while !bytes.isEmpty {
                guard say(Array(bytes.prefix(piece)), to: peer) else { return false }
                bytes = bytes.dropFirst(piece)
            }
            return true
        case .greets, .hangsUp, .staysSilent:
            return true
        }
    }

    private func improvise(_ commands: [[String]], _ reply: (Int) -> [UInt8]) -> [UInt8] {
        // Only the handshake names the client.
        let isHandshake = commands.contains { $0.contains("SETNAME") }
        return commands.flatMap { command -> [UInt8] in
            // What a health check asks is none of the connection's.
            let isCheck = isHandshake || command.count == 2 || command == ["ROLE"]
            if isCheck, let check = FakeReply.toCheck(command, port: 1, isSubscribed: false) {
                return Array(check.utf8)
            }
            if isHandshake { return Array("+OK\r\n".utf8) }
            let number = commandCount.withLock { number in
                defer { number += 1 }
                return number
            }
            return reply(number)
        }
    }

    private func say(_ bytes: [UInt8], to peer: Int32) -> Bool {
        guard send(peer, bytes, bytes.count, Self.noSignal) == bytes.count else {
            close(peer)
            return false
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

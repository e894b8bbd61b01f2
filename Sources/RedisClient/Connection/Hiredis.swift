import CHiredis

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// This file and `RedisReply` are the only ones that know hiredis' types. Written against 0.14 and 1.x alike: nothing
// here is used that only one of them has.
//
// It uses hiredis' non-blocking context and its reply parser, not the asynchronous API on top of them. That API ends
// the process by an assertion when a server sends a reply that nobody asked for, and it keeps a second list of what is
// unanswered, whose callbacks and self-freeing contexts differ between the versions. `ConnectionMachine` keeps that
// list here.

/// What a socket tells its owner, from inside `handleEvents`, on the loop's thread. Must not close the socket there.
protocol HiredisSocketDelegate: AnyObject {
    func socketConnected(_ socket: HiredisSocket)
    func socketReceived(_ reply: borrowing RedisReply, on socket: HiredisSocket)
}

/// One hiredis context and its socket. Belongs to one thread, but for `sendAtOnce`.
final class HiredisSocket {
    private let context: UnsafeMutablePointer<redisContext>
    private unowned let delegate: any HiredisSocketDelegate
    private let comparesSubjects: Bool
    private let identity: TLSIdentity?
    private var tls: HiredisTLS?
    private var stage = Stage.connecting
    private var hasUnwritten = false
    /// What TLS waits for in order to read, and in order to write.
    private var readWants = TLSWants.reading
    private var writeWants = TLSWants.writing
    private var bytesOfUnfinishedReply = 0
    private var hasReceived = false

    /// Handed to hiredis' reader for as long as the context lives: they must not move.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let arena: UnsafeMutablePointer<sr_arena>

    private enum Stage {
        case connecting
        /// The TLS handshake.
        case securing
        case open
    }

    /// Elements of all arrays of one reply together. The largest honest reply is a page of 1,000 sessions with all their
    /// attributes, or the members of a set.
    private static let maximumElementsPerReply = 1 << 20
    /// What one reply may take before the server counts as mad.
    private static let maximumBytesPerReply = 64 << 20
    private static let keptReadBuffer = 256 << 10
    /// Of one call of `redisBufferRead`.
    private static let bytesPerRead = 16 << 10
    /// One socket must not keep the loop from everything else.
    private static let readsPerTurn = 16

    init(
        connectingTo address: RedisAddress, tls: TLSSettings?, userTimeout: Duration, comparesSubjects: Bool = true,
        delegate: any HiredisSocketDelegate
    ) throws(RedisError) {
        let opened =
            switch address {
            case .numeric(let host, let port, _): redisConnectNonBlock(host, Int32(port))
            case .unixSocket(let path): redisConnectUnixNonBlock(path)
            }
        guard let opened else { throw .unavailable(reason: "hiredis is out of memory") }
        guard opened.pointee.err == 0 else {
            let reason = Self.errorText(opened)
            redisFree(opened)
            throw .unavailable(reason: reason)
        }
        context = opened
        self.delegate = delegate
        self.comparesSubjects = comparesSubjects
        identity = TLSIdentity(tls, at: address)
        let reader = opened.pointee.reader
        arena = .allocate(capacity: 1)
        arena.initialize(to: sr_arena(chunks: nil, used: 0, elements: Self.maximumElementsPerReply))
        functions = .allocate(capacity: 1)
        functions.initialize(to: sr_arena_functions())
        reader?.pointee.fn = functions
        reader?.pointee.privdata = UnsafeMutableRawPointer(arena)
        // What a burst of replies takes is kept for the next one.
        reader?.pointee.maxbuf = Self.keptReadBuffer
        // A child process must not inherit a logged-in connection.
        _ = fcntl(context.pointee.fd, F_SETFD, FD_CLOEXEC)
        setUserTimeout(userTimeout)
    }

    deinit {
        redisFree(context)
        functions.deallocate()
        sr_arena_destroy(arena)
        arena.deallocate()
    }

    /// What to poll for.
    var pollRequest: pollfd {
        let events =
            switch stage {
            case .connecting: POLLOUT
            case .securing: tls?.wants == .writing ? POLLOUT : POLLIN
            case .open: POLLIN | (readWants == .writing || hasUnwritten && writeWants != .reading ? POLLOUT : 0)
            }
        return pollfd(fd: context.pointee.fd, events: Int16(events), revents: 0)
    }

    /// - Throws: when the connection is gone.
    func handleEvents(_ events: Int16) throws(RedisError) {
        switch stage {
        case .connecting: return try finishConnecting()
        case .securing: return try secure()
        case .open: break
        }
        let events = Int32(events)
        if events & (writeWants == .reading ? POLLIN | POLLOUT : POLLOUT) != 0 { try flush() }
        // On a hang-up or an error, reading is what tells the reason, after what came before it.
        let readable = POLLIN | POLLERR | POLLHUP | POLLNVAL | (readWants == .writing ? POLLOUT : 0)
        if events & readable != 0 { try receive() }
    }

    /// Puts one command into the output buffer; `flush` writes.
    func send(_ command: RedisCommand) throws(RedisError) {
        let status = command.bytes.withUnsafeBytes { append($0) }
        guard status == REDIS_OK else { throw lost }
        hasUnwritten = true
    }

    /// The same for one whole encoded command.
    func send(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard append(bytes) == REDIS_OK else { throw lost }
        hasUnwritten = true
    }

    private func append(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        redisAppendFormattedCommand(context, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
    }

    /// Writes a whole command and the nonce that proves its reply from a thread that is not the loop's, which must not touch
    /// the socket meanwhile. What the socket does not take is left to `flush`.
    /// - Returns: `false` when nothing has been done.
    func sendAtOnce(_ command: [UInt8], _ nonce: UnsafeRawBufferPointer) -> Bool {
        // Encryption has state of its own. Where there is no MSG_NOSIGNAL, a closed connection could end the process: only
        // the loop's thread blocks SIGPIPE.
        guard stage == .open, identity == nil, !hasUnwritten else { return false }
        return command.withUnsafeBytes { bytes in
            guard let sent = Platform.sendAtOnce(bytes, nonce, to: context.pointee.fd), sent > 0 else { return false }
            let (left, leftOfNonce) = (bytes.dropFirst(sent), nonce.dropFirst(max(0, sent - bytes.count)))
            guard !left.isEmpty || !leftOfNonce.isEmpty else { return true }
            hasUnwritten =
                (left.isEmpty || append(UnsafeRawBufferPointer(rebasing: left)) == REDIS_OK)
                && (leftOfNonce.isEmpty || append(UnsafeRawBufferPointer(rebasing: leftOfNonce)) == REDIS_OK)
            // Half a command must not be followed by another.
            if !hasUnwritten { shutdown(context.pointee.fd, Int32(SHUT_RDWR)) }
            return true
        }
    }

    /// Writes what the socket takes now; the rest follows when it becomes writable.
    func flush() throws(RedisError) {
        guard hasUnwritten, stage == .open else { return }
        var done: Int32 = 0
        tls?.prepare()
        guard redisBufferWrite(context, &done) == REDIS_OK else { throw lost }
        hasUnwritten = done == 0
        if let tls { writeWants = tls.wants }
    }

    /// Whether there is something to `flush`.
    var isWriting: Bool { hasUnwritten }

    /// Closes with a reset. What the kernel still holds is not sent any more: a command that was given up must not
    /// reach the server late.
    func abort() {
        var reset = linger(l_onoff: 1, l_linger: 0)
        setsockopt(context.pointee.fd, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
    }

    /// As long as there seems to be more, which is cheaper than to be told so by `poll`.
    private func receive() throws(RedisError) {
        var reads = 0
        var received = 0
        repeat {
            received = try receiveOnce()
            reads += 1
        } while tls?.hasDecrypted == true || received == Self.bytesPerRead && reads < Self.readsPerTurn
    }

    /// - Returns: how many bytes came.
    private func receiveOnce() throws(RedisError) -> Int {
        let before = context.pointee.reader?.pointee.len ?? 0
        tls?.prepare()
        guard redisBufferRead(context) == REDIS_OK else { throw lost }
        if let tls { readWants = tls.wants }
        let received = (context.pointee.reader?.pointee.len ?? 0) - before
        bytesOfUnfinishedReply += received
        hasReceived = hasReceived || received > 0
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else {
                throw arena.pointee.elements == 0 ? Self.tooLong : unreadable
            }
            guard let reply else { break }
            bytesOfUnfinishedReply = 0
            delegate.socketReceived(
                RedisReply(reply.assumingMemoryBound(to: redisReply.self), comparesSubjects: comparesSubjects),
                on: self)
            sr_arena_reset(arena, Self.maximumElementsPerReply)
        }
        guard bytesOfUnfinishedReply <= Self.maximumBytesPerReply else { throw Self.tooLong }
        return received
    }

    /// What the reader cannot read is not what a server sends.
    private var unreadable: RedisError {
        context.pointee.err == REDIS_ERR_PROTOCOL ? .protocolFailure(Self.errorText(context)) : lost
    }

    private static let tooLong = RedisError.unexpectedReply("the server's reply is too long")

    private func finishConnecting() throws(RedisError) {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(context.pointee.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0, error == 0 else {
            throw .unavailable(reason: String(cString: strerror(error)))
        }
        guard let identity else { return open() }
        tls = try HiredisTLS.begin(on: context, as: identity)
        stage = .securing
        try secure()
    }

    private func secure() throws(RedisError) {
        if try tls?.handshake() != false { open() }
    }

    private func open() {
        stage = .open
        delegate.socketConnected(self)
    }

    private var lost: RedisError {
        let reason = Self.errorText(context)
        guard let tls else { return .unavailable(reason: reason) }
        // TLS 1.3 lets us go on before the server has looked at our certificate. What it has to say about that may be lost
        // with the connection.
        return tls.failure(
            else: hasReceived
                ? reason : "the server ended the connection, perhaps for want of a client certificate: \(reason)")
    }

    private static func errorText(_ context: UnsafePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { bytes in
            let text = bytes.prefix { $0 != 0 }
            return text.isEmpty ? "the connection was closed" : String(decoding: text, as: UTF8.self)
        }
    }

    /// Half-open connections (the peer's machine is gone): the kernel gives up on unacknowledged data after this.
    private func setUserTimeout(_ timeout: Duration) {
        guard context.pointee.connection_type == REDIS_CONN_TCP else { return }
        _ = redisEnableKeepAlive(context)
        Platform.setUserTimeout(timeout, of: context.pointee.fd)
    }
}

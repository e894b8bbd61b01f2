import CHiredis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// The only file that knows hiredis' types. Written against 0.14 and 1.x alike: nothing here is used that only one of
// them has.

/// What a socket tells its owner. Called from inside `HiredisSocket.handleEvents`, on the loop's thread; must not
/// close the socket from there.
protocol HiredisSocketDelegate: AnyObject {
    func socketConnected()
    func socketReceived(_ reply: borrowing RedisReply)
}

/// One hiredis context and its socket. Belongs to one thread.
///
/// hiredis frees the context by itself when the connection breaks, from inside its own handlers; its `cleanup` hook
/// tells us, and from then on `context` is `nil`.
final class HiredisSocket {
    private var context: UnsafeMutablePointer<redisAsyncContext>?
    private unowned let delegate: any HiredisSocketDelegate
    private var wantsRead = false
    private var wantsWrite = false
    private var isConnected = false
    private var failure: String?

    init(connectingTo address: RedisAddress, userTimeout: Duration, delegate: any HiredisSocketDelegate)
        throws(RedisError)
    {
        self.delegate = delegate
        let opened =
            switch address {
            case .numeric(let host, let port): redisAsyncConnect(host, Int32(port))
            case .unixSocket(let path): redisAsyncConnectUnix(path)
            }
        guard let context = opened else { throw .unavailable(reason: "hiredis is out of memory") }
        guard context.pointee.c.err == 0 else {
            let reason = Self.errorText(context)
            redisAsyncFree(context)
            throw .unavailable(reason: reason)
        }
        self.context = context
        // Unretained: `close` or `cleanup` clears both before this object can go, `deinit` included.
        let owner = Unmanaged.passUnretained(self).toOpaque()
        context.pointee.data = owner
        context.pointee.ev.data = owner
        context.pointee.ev.addRead = { HiredisSocket.owner($0)?.wantsRead = true }
        context.pointee.ev.delRead = { HiredisSocket.owner($0)?.wantsRead = false }
        context.pointee.ev.addWrite = { HiredisSocket.owner($0)?.wantsWrite = true }
        context.pointee.ev.delWrite = { HiredisSocket.owner($0)?.wantsWrite = false }
        context.pointee.ev.cleanup = { HiredisSocket.owner($0)?.context = nil }
        redisAsyncSetConnectCallback(context) { context, status in
            guard let context else { return }
            HiredisSocket.owner(context.pointee.data)?.connectFinished(context, status: status)
        }
        redisAsyncSetDisconnectCallback(context) { context, status in
            guard let context, status != REDIS_OK else { return }
            HiredisSocket.owner(context.pointee.data)?.failure = HiredisSocket.errorText(context)
        }
        setUserTimeout(userTimeout, of: context)
    }

    deinit {
        close()
    }

    /// Frees the context at once, whatever is still expected on it. Not from inside a delegate call.
    func close() {
        guard let context else { return }
        self.context = nil
        // hiredis now calls back for everything unanswered; without an owner those calls end in `receiveReply`.
        context.pointee.data = nil
        context.pointee.ev.data = nil
        redisAsyncFree(context)
    }

    /// What to poll for; `nil` when the connection is gone.
    var pollRequest: pollfd? {
        guard let context else { return nil }
        let events = (wantsRead || isConnected ? POLLIN : 0) | (wantsWrite ? POLLOUT : 0)
        return pollfd(fd: context.pointee.c.fd, events: Int16(events), revents: 0)
    }

    /// - Throws: when the connection is gone.
    func handleEvents(_ events: Int16) throws(RedisError) {
        let failed = Int32(events) & (POLLERR | POLLHUP | POLLNVAL) != 0
        if let context, Int32(events) & POLLOUT != 0 || (failed && !isConnected) {
            redisAsyncHandleWrite(context)
        }
        if let context, Int32(events) & POLLIN != 0 || (failed && isConnected) {
            redisAsyncHandleRead(context)
        }
        guard context != nil else { throw lost }
    }

    /// Puts one command into the output buffer; `flush` writes.
    func send(_ command: RedisCommand) throws(RedisError) {
        guard let context else { throw lost }
        let status = command.withBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                redisAsyncFormattedCommand(context, receiveReply, nil, $0.baseAddress, command.byteCount)
            }
        }
        guard status == REDIS_OK else { throw lost }
    }

    /// Writes what the socket takes now; the rest follows when it becomes writable.
    func flush() throws(RedisError) {
        guard wantsWrite, isConnected, let context else { return }
        redisAsyncHandleWrite(context)
        guard self.context != nil else { throw lost }
    }

    private var lost: RedisError {
        .unavailable(reason: failure ?? "the connection was closed")
    }

    private func connectFinished(_ context: UnsafePointer<redisAsyncContext>, status: Int32) {
        guard status == REDIS_OK else {
            failure = Self.errorText(context)
            return
        }
        isConnected = true
        delegate.socketConnected()
    }

    fileprivate func received(_ reply: borrowing RedisReply) {
        delegate.socketReceived(reply)
    }

    fileprivate static func owner(_ pointer: UnsafeMutableRawPointer?) -> HiredisSocket? {
        pointer.map { Unmanaged<HiredisSocket>.fromOpaque($0).takeUnretainedValue() }
    }

    /// On 0.14 a failed connect shows its error in the inner context only.
    private static func errorText(_ context: UnsafePointer<redisAsyncContext>) -> String {
        withUnsafeBytes(of: context.pointee.c.errstr) { bytes in
            let text = bytes.prefix { $0 != 0 }
            return text.isEmpty ? "the connection was closed" : String(decoding: text, as: UTF8.self)
        }
    }

    /// Half-open connections (the peer's machine is gone): the kernel gives up on unacknowledged data after this.
    private func setUserTimeout(_ timeout: Duration, of context: UnsafeMutablePointer<redisAsyncContext>) {
        guard context.pointee.c.connection_type == REDIS_CONN_TCP else { return }
        _ = redisEnableKeepAlive(&context.pointee.c)
        #if os(Linux)
        var milliseconds = UInt32(clamping: timeout.clampedNanoseconds / 1_000_000)
        setsockopt(
            context.pointee.c.fd, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
            socklen_t(MemoryLayout<UInt32>.size))
        #endif
    }
}

/// hiredis' callback for every command.
private func receiveReply(
    _ context: UnsafeMutablePointer<redisAsyncContext>?, _ reply: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) {
    // No reply: the context is being torn down, and the state machine has its own list of what was unanswered.
    guard let reply, let owner = HiredisSocket.owner(context?.pointee.data) else { return }
    owner.received(RedisReply(reply.assumingMemoryBound(to: redisReply.self)))
}

/// A reply in hiredis' own memory, valid only while it is lent. It cannot be copied, and so cannot be kept.
package struct RedisReply: ~Copyable {
    private let raw: UnsafeMutablePointer<redisReply>?

    fileprivate init(_ raw: UnsafeMutablePointer<redisReply>?) {
        self.raw = raw
    }

    private var type: Int32 { raw?.pointee.type ?? REDIS_REPLY_NIL }

    package var isNull: Bool { type == REDIS_REPLY_NIL }

    package var integer: Int64? {
        type == REDIS_REPLY_INTEGER ? raw?.pointee.integer : nil
    }

    /// The bytes of a bulk string or a status.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
        guard let raw, type == REDIS_REPLY_STRING || type == REDIS_REPLY_STATUS else { return nil }
        return body(UnsafeRawBufferPointer(start: raw.pointee.str, count: raw.pointee.len))
    }

    /// `nil` for anything but a bulk string or a status in valid UTF-8.
    package var string: String? {
        withBytes { String(validating: $0, as: UTF8.self) } ?? nil
    }

    /// The number of elements; `nil` for anything but an array.
    package var count: Int? {
        type == REDIS_REPLY_ARRAY ? raw?.pointee.elements : nil
    }

    /// Lends one element. Outside the array it reads as null.
    package subscript(index: Int) -> RedisReply {
        _read {
            if let count, let elements = raw?.pointee.element, (0..<count).contains(index) {
                yield RedisReply(elements[index])
            } else {
                yield RedisReply(nil)
            }
        }
    }

    /// The server's error, if this is one. What some servers quote of the arguments is cut off: it may be personal.
    package var error: RedisError? {
        guard let raw, type == REDIS_REPLY_ERROR else { return nil }
        let bytes = UnsafeRawBufferPointer(start: raw.pointee.str, count: raw.pointee.len)
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: " ", maxSplits: 1)
        let message = parts.dropFirst().first.map(String.init) ?? ""
        let quoted = message.firstRange(of: ", with args beginning with")
        return .server(
            code: parts.first.map(String.init) ?? "ERR",
            message: quoted.map { String(message[..<$0.lowerBound]) } ?? message)
    }
}

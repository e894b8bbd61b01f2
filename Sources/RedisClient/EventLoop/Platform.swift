import CHiredis

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What differs between Linux and macOS. In no other file of this target, nor of those that build upon it, does the code
/// depend on the system; `scripts/check.sh` looks.
package enum Platform {
    /// Nanoseconds of a clock that goes on while the machine is suspended. The monotonic clock of Linux stands still
    /// meanwhile; Darwin's does not.
    package static func nanosecondsCountingSuspension() -> Int64 {
        #if os(Linux)
        let clock = CLOCK_BOOTTIME
        #else
        let clock = CLOCK_MONOTONIC
        #endif
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// A stream, as `getaddrinfo` wants it said.
    static var streamSocket: Int32 {
        #if os(Linux)
        return Int32(SOCK_STREAM.rawValue)
        #else
        return SOCK_STREAM
        #endif
    }

    #if os(Linux)
    typealias ThreadHandle = pthread_t
    typealias ThreadArgument = UnsafeMutableRawPointer?
    static var noThread: ThreadHandle { pthread_t() }
    #else
    typealias ThreadHandle = pthread_t?
    typealias ThreadArgument = UnsafeMutableRawPointer
    static var noThread: ThreadHandle { nil }
    #endif

    /// Tells threads apart; an address, so that small numbers are free for other meanings.
    static var currentThread: UInt {
        #if canImport(Glibc)
        return pthread_self()
        #else
        return UInt(bitPattern: pthread_self())
        #endif
    }

    /// Names the calling thread, for `top -H` and debuggers.
    static func nameThread(_ name: String) {
        #if os(Linux)
        // Glibc's pthread_setname_np is not visible to Swift.
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, name.utf8.count)
        close(file)
        #else
        pthread_setname_np(name)
        #endif
    }

    /// Sends what the socket takes at once of two pieces, without SIGPIPE; `nil` where that cannot be had of one call.
    static func sendAtOnce(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, to descriptor: Int32
    ) -> Int? {
        #if os(Linux)
        return sr_send(descriptor, first.baseAddress, first.count, second.baseAddress, second.count)
        #else
        return nil
        #endif
    }

    /// Half-open connections: the kernel gives up on unacknowledged data after this, where it can be told to.
    static func setUserTimeout(_ timeout: Duration, of descriptor: Int32) {
        #if os(Linux)
        var milliseconds = UInt32(clamping: timeout.clampedNanoseconds / 1_000_000)
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, socklen_t(MemoryLayout<UInt32>.size))
        #endif
    }
}

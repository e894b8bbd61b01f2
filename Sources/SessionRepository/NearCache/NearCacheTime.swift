package import RedisClient

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension MonotonicTime {
    /// A clock that goes on while the machine is suspended, so that nothing outlives its time in a laptop's sleep. The
    /// monotonic clock of Linux stands still meanwhile; Darwin's does not.
    package static func nowCountingSuspension() -> MonotonicTime {
        #if os(Linux)
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        #else
        return .now()
        #endif
    }
}

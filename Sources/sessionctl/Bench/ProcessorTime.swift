#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How long processors have worked, in microseconds, in the program and in the kernel on its behalf.
enum ProcessorTime {
    #if canImport(Glibc)
    // Glibc's enumeration, as a number.
    private static let (own, children) = (RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue)
    #else
    private static let (own, children) = (RUSAGE_SELF, RUSAGE_CHILDREN)
    #endif

    /// For this process.
    static func ownMicroseconds() -> Double { read(own) }

    /// For the processes that it started and that have ended.
    static func childrenMicroseconds() -> Double { read(children) }

    private static func read(_ whose: Int32) -> Double {
        var usage = rusage()
        guard getrusage(whose, &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) * 1_000_000 + Double($1.tv_usec)
        }
    }
}

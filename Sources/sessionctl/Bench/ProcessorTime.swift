#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How long processors have worked, in microseconds, in the program and in the kernel on its behalf.
enum ProcessorTime {
    // RUSAGE_SELF and RUSAGE_CHILDREN, which are not of one type everywhere.
    private static let (own, children): (Int32, Int32) = (0, -1)

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

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Wakes the loop out of `poll` from any thread: a pipe, because it is the same on Linux and macOS.
///
/// Closing is the loop's business, once nobody can signal any more; see `Mailbox.close`.
struct Wakeup: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// `nil` when the process has no file descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    /// A full pipe is as good as a written byte: the loop will wake either way.
    func signal() {
        var byte: UInt8 = 1
        while write(writeEnd, &byte, 1) == -1, errno == EINTR {}
    }

    func drain() {
        var buffer: (UInt64, UInt64) = (0, 0)
        while withUnsafeMutableBytes(of: &buffer, { read(readEnd, $0.baseAddress, $0.count) }) == 16 {}
    }

    func close() {
        _ = closeDescriptor(readEnd)
        _ = closeDescriptor(writeEnd)
    }
}

private func closeDescriptor(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}

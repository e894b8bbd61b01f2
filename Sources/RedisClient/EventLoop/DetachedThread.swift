#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A POSIX thread of our own, for what must not block Swift's cooperative threads: the event loop and `getaddrinfo`.
enum DetachedThread {
    /// Runs `body` on a new thread, which ends with it.
    ///
    /// SIGPIPE is blocked there: hiredis writes without MSG_NOSIGNAL, and a closed peer must be an error, not the end
    /// of the process. All other signals are left to the application's own threads.
    /// - Returns: `false` when the system has no thread to give.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        #if os(Linux)
        var thread = pthread_t()
        let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { Box.run($0) }
        #else
        var thread: pthread_t?
        let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { Box.run($0) }
        #endif
        guard pthread_create(&thread, &attributes, entry, box.toOpaque()) == 0 else {
            box.release()
            return false
        }
        return true
    }

    private final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }

        static func run(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
            guard let pointer else { return nil }
            // Balances `passRetained` in `start`, which hands the box to exactly this one call.
            let box = Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue()
            var blocked = sigset_t()
            sigfillset(&blocked)
            // Synchronous faults must still reach the process's crash handling.
            for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&blocked, signal) }
            pthread_sigmask(SIG_SETMASK, &blocked, nil)
            setName(box.name)
            box.body()
            return nil
        }

        /// For `top -H` and debuggers.
        private static func setName(_ name: String) {
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
    }
}

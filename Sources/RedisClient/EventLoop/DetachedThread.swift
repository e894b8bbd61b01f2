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
        var thread = Platform.noThread
        let entry: @convention(c) (Platform.ThreadArgument) -> UnsafeMutableRawPointer? = { Box.run($0) }
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
            Platform.nameThread(box.name)
            box.body()
            return nil
        }
    }
}

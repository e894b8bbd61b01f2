#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A POSIX thread of our own, for what must not block Swift's cooperative threads: the event loop and `getaddrinfo`.
enum DetachedThread {
    /// Runs `body` on a new thread, which ends with it.
    ///
    /// SIGPIPE is blocked there: hiredis writes without MSG_NOSIGNAL, and a closed peer must be an error, not the end
    /// of the process. No other signal is: an application's tasks may run there, and start processes, which would inherit it.
    /// - Returns: `false` when the system has no thread to give.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Box(name: name, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var stack = 0
        pthread_attr_getstacksize(&attributes, &stack)
        pthread_attr_setstacksize(&attributes, max(stack, leastStack))
        var thread = Platform.noThread
        let entry: @convention(c) (Platform.ThreadArgument) -> UnsafeMutableRawPointer? = { Box.run($0) }
        guard pthread_create(&thread, &attributes, entry, box.toOpaque()) == 0 else {
            box.release()
            return false
        }
        return true
    }

    /// Enough for an application's tasks: not every system gives that by itself.
    private static let leastStack = 1 << 20

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
            sigemptyset(&blocked)
            sigaddset(&blocked, SIGPIPE)
            pthread_sigmask(SIG_BLOCK, &blocked, nil)
            Platform.nameThread(box.name)
            box.body()
            return nil
        }
    }
}

// Built with `--sanitize=thread -Xswiftc -DTHREAD_SANITIZER` only. The sanitizer does not see the futex inside
// Synchronization.Mutex and takes everything that one guards for a race; it does see the lock of pthreads.
// Other targets have this file by a symbolic link: it must stand in the same module as what uses it.
#if THREAD_SANITIZER

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// In place of `Synchronization.Mutex`, with what we use of it.
struct Mutex<Value: ~Copyable>: ~Copyable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let value: UnsafeMutablePointer<Value>

    init(_ initial: consuming sending Value) {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        value = .allocate(capacity: 1)
        value.initialize(to: initial)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    borrowing func withLock<Result: ~Copyable, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }

    borrowing func withLockIfAvailable<Result: ~Copyable, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result? {
        guard pthread_mutex_trylock(lock) == 0 else { return nil }
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}

// The lock is what makes it so: nobody else has the pointers.
extension Mutex: @unchecked Sendable where Value: ~Copyable {}

#endif

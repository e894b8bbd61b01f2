import Foundation

/// Runs what blocks on a thread made for it, so that it takes none from the concurrency pool.
func onOwnThread<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () throws(Failure) -> Value
) async throws(Failure) -> Value {
    let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(returning: Result(catching: work))
        }
    }
    return try result.get()
}

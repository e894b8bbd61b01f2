package import Logging
import Synchronization

/// A connection to one Redis server that many tasks share: what they send at the same time goes out as one pipeline.
///
/// Usable from the moment it is made; it connects when the first command comes and reconnects by itself. Call
/// `shutdown` when done; a client that is merely dropped closes too, without draining.
package final class RedisClient: Sendable {
    private let configuration: RedisClientConfiguration
    private let mailbox: Mailbox
    private let lastID = Atomic<UInt64>(0)

    /// - Throws: `unavailable` when the system has no thread or file descriptor to give.
    package init(configuration: RedisClientConfiguration, logger: Logger) throws(RedisError) {
        self.configuration = configuration
        guard let wakeup = Wakeup() else {
            throw .unavailable(reason: "the process has no file descriptor left")
        }
        mailbox = Mailbox(
            admission: Admission(
                maximumCommands: configuration.maximumQueuedCommands,
                maximumBytes: configuration.maximumQueuedBytes),
            wakeup: wakeup)
        guard
            ConnectionLoop.start(configuration: configuration, mailbox: mailbox, wakeup: wakeup, logger: logger)
        else {
            mailbox.close()
            throw .unavailable(reason: "the system has no thread to give")
        }
    }

    deinit {
        mailbox.shutDown(drain: .zero)
    }

    /// Sends one command and decodes its reply.
    ///
    /// `decode` runs on the loop's thread while the reply is still hiredis' memory; it must be quick and must not
    /// block. A cancelled or timed-out command frees its caller at once, though the server may still carry it out.
    /// - Parameters:
    ///   - isIdempotent: whether it may be sent again when the connection broke after it was sent.
    ///   - timeout: from now to the reply; `nil` takes the configuration's.
    package func execute<Value: Sendable>(
        _ command: RedisCommand,
        isIdempotent: Bool = true,
        timeout: Duration? = nil,
        decode: @escaping @Sendable (borrowing RedisReply) -> Value
    ) async throws(RedisError) -> Value {
        let id = lastID.add(1, ordering: .relaxed).newValue
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let call = Call(command, decode: decode, continuation: continuation)
                let submission = Mailbox.Submission(
                    id: id, request: call, timeout: timeout ?? configuration.commandTimeout,
                    isIdempotent: isIdempotent)
                if let refusal = mailbox.submit(submission) {
                    call.fail(refusal)
                } else if Task.isCancelled {
                    // The handler may have run before there was anything to cancel.
                    mailbox.cancel(id)
                }
            }
        } onCancel: {
            mailbox.cancel(id)
        }
        return try result.get()
    }

    /// Waits for what is on its way, at most `drainTimeout`, then closes. Everything later throws `shutDown`.
    package func shutdown() async {
        mailbox.shutDown(drain: configuration.drainTimeout)
        await mailbox.finished()
    }
}

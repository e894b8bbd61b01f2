import Testing

@testable import RedisClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A command that nobody waits for.
final class StubCommand: PendingCommand {
    let command = RedisCommand("PING")
    func stage(_ reply: borrowing RedisReply) -> ReplyProblem? { nil }
    func resume() {}
    func fail(_ error: RedisError) {}
}

/// A mailbox without a loop: the test plays it.
struct MailboxFixture: Sendable {
    let mailbox: Mailbox
    let wakeup: Wakeup

    init(maximumCommands: Int = 1000) throws {
        wakeup = try #require(Wakeup())
        mailbox = Mailbox(
            admission: Admission(maximumCommands: maximumCommands, maximumBytes: 1 << 30), wakeup: wakeup)
    }

    func submit(_ id: UInt64) -> RedisError? {
        mailbox.submit(
            Mailbox.Submission(id: id, request: StubCommand(), timeout: .seconds(1), isIdempotent: true))
    }

    func take(released: Int = 0) -> Mailbox.Delivery {
        var delivery = Mailbox.Delivery()
        mailbox.exchange(&delivery, released: room(of: released))
        return delivery
    }

    func prepareToSleep(released: Int = 0) -> Bool {
        mailbox.prepareToSleep(released: room(of: released))
    }

    private func room(of commands: Int) -> (commands: Int, bytes: Int) {
        (commands, commands * StubCommand().command.bytes.count)
    }

    var isSignalled: Bool { wakeup.isSignalled(within: 0) }
}

extension Wakeup {
    func isSignalled(within milliseconds: Int32) -> Bool {
        var request = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, milliseconds) == 1
    }

    /// How many signals there were.
    func countSignals() -> Int {
        var buffer: (UInt64, UInt64) = (0, 0)
        return withUnsafeMutableBytes(of: &buffer) { read(readEnd, $0.baseAddress, $0.count) }
    }
}

import Testing

@testable import RedisClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite("The mailbox under many threads", .timeLimit(.minutes(1)))
struct MailboxThreadsTests {
    private static let threads = 8
    private static let messagesEach = 2_000

    @Test("loses nothing, repeats nothing and keeps each thread's order")
    func nothingLost() async throws {
        let fixture = try MailboxFixture(maximumCommands: 64)
        let received = await withCheckedContinuation { continuation in
            #expect(
                DetachedThread.start(name: "test-drain") {
                    continuation.resume(returning: Self.drain(fixture))
                })
            for thread in 0..<Self.threads {
                #expect(DetachedThread.start(name: "test-push") { Self.push(fixture, thread: thread) })
            }
        }
        #expect(received.count == Self.threads * Self.messagesEach)
        for thread in 0..<Self.threads {
            let own = received.filter { $0 >> 32 == UInt64(thread) }.map { Int($0 & 0xFFFF_FFFF) }
            #expect(own == Array(0..<Self.messagesEach), "thread \(thread)")
        }
    }

    /// Again and again until there is room: so the bound is reached all the time.
    private static func push(_ fixture: MailboxFixture, thread: Int) {
        for message in 0..<messagesEach {
            while fixture.submit(UInt64(thread) << 32 | UInt64(message)) == .overloaded { _ = sched_yield() }
        }
    }

    /// As the loop does it. A signal that got lost ends this early, with messages missing.
    private static func drain(_ fixture: MailboxFixture) -> [UInt64] {
        defer { fixture.mailbox.close() }
        var received: [UInt64] = []
        var released = 0
        while received.count < threads * messagesEach {
            if fixture.prepareToSleep(released: released) {
                guard fixture.wakeup.isSignalled(within: 10_000) else { break }
                fixture.wakeup.drain()
            }
            let messages = fixture.take().submissions.map(\.id)
            received += messages
            released = messages.count
        }
        return received
    }
}

import Foundation
import Synchronization
import Testing

@testable import RedisClient

@Suite("A source of credentials", .timeLimit(.minutes(2)))
struct CredentialSourceTests {
    private let secret = Credentials(username: "app", password: Secret("hunter2"))

    private func ask(_ source: CredentialSource, within timeout: Duration = .seconds(60)) async throws -> Credentials {
        try await withCheckedContinuation { continuation in
            source.credentials(within: timeout) { continuation.resume(returning: $0) }
        }.get()
    }

    @Test("is asked anew for each attempt")
    func anew() async throws {
        let calls = Mutex(0)
        let source = CredentialSource("the source") { [secret] deliver in
            calls.withLock { $0 += 1 }
            deliver(.success(secret))
        }
        for _ in 0..<3 { #expect(try await ask(source) == secret) }
        #expect(calls.withLock(\.self) == 3)
    }

    @Test("that does not answer is a failure that names it, and is not asked again before it does")
    func silent() async throws {
        let calls = Mutex(0)
        let answer = Mutex<(@Sendable (Result<Credentials, CredentialProblem>) -> Void)?>(nil)
        let source = CredentialSource("the vault") { deliver in
            calls.withLock { $0 += 1 }
            answer.withLock { $0 = deliver }
        }
        for _ in 0..<2 {
            await #expect {
                _ = try await ask(source, within: .milliseconds(1))
            } throws: {
                "\($0)".contains("the vault did not answer within")
            }
        }
        #expect(calls.withLock(\.self) == 1)
        async let late = ask(source)
        while answer.withLock({ $0 == nil }) { await Task.yield() }
        // A second caller gets the result of the same call.
        await eventually("it waits") { source.waiting > 0 }
        // Kept, it would keep the source, which keeps the provider.
        answer.withLock { $0.take() }?(.success(secret))
        #expect(try await late == secret)
    }

    @Test("that fails says why; so does one whose credentials do not outlive the attempt")
    func failure() async throws {
        let broken = CredentialSource("the source") { $0(.failure(CredentialProblem("it is empty"))) }
        await #expect(throws: RedisError.unavailable(reason: "the source failed: it is empty")) {
            _ = try await ask(broken)
        }
        let expired = CredentialSource("the source") {
            $0(.success(Credentials(password: Secret("hunter2"), expiresAt: .now() + .seconds(5))))
        }
        await #expect {
            _ = try await ask(expired)
        } throws: {
            "\($0)".contains("expired") && !"\($0)".contains("hunter2")
        }
        #expect(try await ask(expired, within: .seconds(1)).password.value == "hunter2")
    }

    @Test(
        "may be a file, whose last line break does not count",
        arguments: ["hunter2": "hunter2", "hunter2\n": "hunter2", "hunter2\r\n": "hunter2", " a \n\n": " a \n"])
    func file(content: String, password: String) async throws {
        let path = try write(Data(content.utf8))
        defer { unlink(path) }
        let source = CredentialSource.passwordFile(path, username: "app")
        #expect(try await ask(source) == Credentials(username: "app", password: Secret(password)))
    }

    @Test("that is a file which cannot be used says so, and shows nothing of it")
    func badFile() async throws {
        let contents: [(Data?, String)] = [
            (nil, "No such file"), (Data(), "empty"), (Data("\n".utf8), "empty"), (Data([0xFF]), "UTF-8"),
            (Data(repeating: 65, count: 20_000), "16 KiB"),
        ]
        for (content, word) in contents {
            let path = try content.map(write) ?? "/nonexistent/password"
            defer { unlink(path) }
            await #expect {
                _ = try await ask(.passwordFile(path, username: nil))
            } throws: {
                let text = "\($0)"
                return text.contains(word) && text.contains(path) && !text.contains("AAAA")
            }
        }
    }

    private func write(_ data: Data) throws -> String {
        let path = "/tmp/password-\(UInt64.random(in: 0 ... .max))"
        try data.write(to: URL(filePath: path))
        return path
    }
}

@Suite("The life of credentials")
struct CredentialLifeTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    private func life(_ left: Duration?, patience: Duration = .seconds(1)) -> CredentialLife {
        var random = SystemRandomNumberGenerator()
        let credentials = Credentials(password: Secret("x"), expiresAt: left.map { now + $0 })
        return CredentialLife(of: credentials, from: now, patience: patience, using: &random)
    }

    @Test("has no end where it is not known")
    func endless() {
        #expect(life(nil).due == .distantFuture)
        #expect(life(nil).end == .distantFuture)
    }

    @Test("ends after 80 to 90 percent of the time, at different moments, with time to answer what is on its way")
    func due() {
        let lives = (0..<100).map { _ in life(.seconds(1000)) }
        for life in lives {
            #expect((now + .seconds(800)...now + .seconds(900)).contains(life.due))
            #expect(life.end == life.due + .seconds(1))
        }
        #expect(Set(lives.map(\.due)).count > 50)
        // Never beyond the credentials' own end.
        #expect(life(.seconds(2), patience: .seconds(60)).end == now + .seconds(2))
    }
}

@Suite("A connection whose credentials are about to expire")
struct RetiringTests {
    private func harness(failsFast: Bool = false) -> MachineHarness {
        let harness = MachineHarness.ready(failsFast: failsFast)
        var random = SystemRandomNumberGenerator()
        harness.machine.credentialLife = CredentialLife(
            of: Credentials(password: Secret("x"), expiresAt: harness.now + .seconds(10)), from: harness.now,
            patience: .seconds(1), using: &random)
        return harness
    }

    @Test("gives way to another one although there is nothing to do")
    func idle() {
        let harness = harness()
        #expect(harness.steps().isEmpty)
        #expect(harness.isIdle())
        harness.advance(harness.machine.credentialLife.due.duration(since: harness.now))
        #expect(!harness.isIdle())
        #expect(harness.steps() == [.disconnect, .resolve])
    }

    @Test("sends nothing more, waits for what is on its way, and lets nothing fail", arguments: [true, false])
    func busy(failsFast: Bool) {
        let harness = harness(failsFast: failsFast)
        harness.advance(.seconds(7))
        harness.submit(1, isIdempotent: false, timeout: .seconds(60))
        #expect(harness.steps() == [.send(1)])
        harness.advance(harness.machine.credentialLife.due.duration(since: harness.now))
        harness.submit(2, timeout: .seconds(60))
        #expect(harness.steps().isEmpty)
        #expect(harness.machine.nextDeadline > harness.now)
        #expect(harness.reply() == .reply(1))
        #expect(harness.steps() == [.disconnect, .resolve])
        harness.machine.resolved(addressCount: 1)
        #expect(harness.steps() == [.connect(0)])
        harness.machine.connected(handshakeReplies: 0, now: harness.now)
        #expect(harness.steps() == [.send(2)])
    }

    @Test("does not wait beyond its time: what may be sent again is, what may not fails")
    func end() {
        let harness = harness()
        harness.advance(.seconds(7))
        harness.submit(1, timeout: .seconds(60))
        harness.submit(2, isIdempotent: false, timeout: .seconds(60))
        #expect(harness.steps() == [.send(1), .send(2)])
        harness.advance(harness.machine.credentialLife.due.duration(since: harness.now))
        #expect(harness.steps().isEmpty)
        harness.advanceToDeadline()
        #expect(harness.steps() == [.disconnect, .fail(2, .outcomeUnknown), .resolve])
    }
}

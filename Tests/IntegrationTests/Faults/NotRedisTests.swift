import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A server that is not Redis")
    struct NotRedisTests {
        /// What every kind of call comes to when a fake server answers; `nil` when it is taken for an answer.
        private func outcomes(_ manner: FakeServer.Manner) async throws -> [String: SessionRepositoryError?] {
            let server = try FakeServer(manner)
            defer { server.stop() }
            let tokens = try RefreshTokenKeys(signing: .generate(id: "k1"))
            let calls = try EveryCall.all(tokens: tokens)
            var errors: [String: SessionRepositoryError?] = [:]
            try await withRepository(
                at: try RedisServer(unixSocketPath: server.path),
                configure: {
                    $0.commandTimeout = .milliseconds(500)
                    $0.connectTimeout = .milliseconds(500)
                    $0.refreshTokenKeys = tokens
                }
            ) { repository in
                await withTaskGroup(of: (String, SessionRepositoryError?).self) { group in
                    for (name, call) in calls {
                        group.addTask { (name, await EveryCall.error(of: call, on: repository)) }
                    }
                    for await (name, error) in group { errors.updateValue(error, forKey: name) }
                }
            }
            return errors
        }

        @Test(
            "One that speaks another protocol, hangs up or says nothing is unavailable",
            arguments: [
                FakeServer.Manner.answers("HTTP/1.1 400 Bad Request\r\n\r\n"), .greets("SSH-2.0-OpenSSH_9.2\r\n"),
                .answers("\u{0}\u{1}\u{2}\u{3}"), .hangsUp, .staysSilent, .greets(":1\r\n:2\r\n:3\r\n:4\r\n"),
                .answers("*1000000000\r\n"), .answers("$-5\r\n"), .greets("$1000000000000\r\n"),
            ])
        func otherProtocol(_ manner: FakeServer.Manner) async throws {
            for (call, error) in try await outcomes(manner) {
                guard case .storeUnavailable = error else {
                    #expect(error == .timedOut, "\(call)")
                    continue
                }
            }
        }

        @Test(
            "One that gives the same answer to every command is not understood as no",
            arguments: [
                "+OK\r\n", ":1\r\n", ":0\r\n", "$2\r\nno\r\n", "*1\r\n:7\r\n",
                // Too deep for hiredis 0.14, a reply like any other for 1.x.
                String(repeating: "*1\r\n", count: 40) + ":1\r\n",
            ])
        func oneAnswer(_ answer: String) async throws {
            let errors = try await outcomes(.answers(answer))
            for call in [
                "authorize", "findSession", "createSession", "touch", "findActiveSessionsByUser", "terminateSession",
                "invalidateRefreshTokenChain", "findSupportAccessGrant", "listSupportAccessGrants",
                "revokeSupportAccessGrant", "currentTime",
            ] {
                #expect(errors[call] != .some(nil), "\(call) was answered")
            }
        }
    }
}

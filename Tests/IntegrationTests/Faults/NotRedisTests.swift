import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A server that is not Redis")
    struct NotRedisTests {
        @Test(
            "One that speaks another protocol, hangs up or says nothing is unavailable",
            arguments: [
                FakeServer.Manner.answers("HTTP/1.1 400 Bad Request\r\n\r\n"), .greets("SSH-2.0-OpenSSH_9.2\r\n"),
                .answers("\u{0}\u{1}\u{2}\u{3}"), .hangsUp, .staysSilent, .greets(":1\r\n:2\r\n:3\r\n:4\r\n"),
                .answers("*1000000000\r\n"), .answers("$-5\r\n"), .greets("$1000000000000\r\n"),
            ])
        func otherProtocol(_ manner: FakeServer.Manner) async throws {
            for (call, error) in try await EveryCall.outcomes(manner, timeout: .milliseconds(500)) {
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
            let errors = try await EveryCall.outcomes(.answers(answer), timeout: .milliseconds(500))
            for call in [
                "authorize", "findSession", "createSession", "touch", "findActiveSessionsByUser", "terminateSession",
                "invalidateRefreshTokenChain", "findSupportAccessGrant", "listSupportAccessGrants",
                "revokeSupportAccessGrant", "extendSupportAccessGrant", "revokeSupportAccessGrants", "currentTime",
            ] {
                #expect(errors[call] != .some(nil), "\(call) was answered")
            }
        }
    }
}

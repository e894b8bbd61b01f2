import Foundation
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("A server that is not Redis")
    struct NotRedisTests {
        /// What every kind of call comes to when a fake server answers.
        private func outcomes(_ manner: FakeServer.Manner) async throws -> [String: SessionRepositoryError?] {
            let server = try FakeServer(manner)
            defer { server.stop() }
            var errors: [String: SessionRepositoryError?] = [:]
            let url = try RedisServer(unixSocketPath: server.path)
            try await withRepository(
                at: url,
                configure: {
                    $0.commandTimeout = .milliseconds(500)
                    $0.connectTimeout = .milliseconds(500)
                }
            ) { repository in
                let user = try UserID("user-42")
                let id = SessionID(for: user)
                let organization = try OrganizationID("acme")
                let grant = SupportAccessGrantID(for: organization)
                errors["authorize"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.authorize(id)
                }
                errors["findSession"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.findSession(id)
                }
                errors["createSession"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.createSession(NewSession(userID: user))
                }
                errors["touch"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.touch(id)
                }
                errors["findActiveSessionsByUser"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.findActiveSessionsByUser(user)
                }
                errors["terminateSession"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.terminateSession(id)
                }
                errors["terminateAllSessionsByUser"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.terminateAllSessionsByUser(user)
                }
                errors["invalidateRefreshTokenChain"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.invalidateRefreshTokenChain(id)
                }
                errors["isRefreshTokenChainInvalidated"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.isRefreshTokenChainInvalidated(id)
                }
                errors["findSupportAccessGrant"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.findSupportAccessGrant(grant)
                }
                errors["listSupportAccessGrants"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.listSupportAccessGrants(organization)
                }
                errors["revokeSupportAccessGrant"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.revokeSupportAccessGrant(grant)
                }
                errors["deleteExpiredSupportAccessGrants"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.deleteExpiredSupportAccessGrants()
                }
                errors["currentTime"] = await error { () throws(SessionRepositoryError) in
                    _ = try await repository.currentTime()
                }
            }
            return errors
        }

        private func error(
            _ body: () async throws(SessionRepositoryError) -> Void
        ) async -> SessionRepositoryError? {
            do throws(SessionRepositoryError) {
                try await body()
                return nil
            } catch {
                return error
            }
        }

        @Test(
            "One that speaks another protocol, hangs up or says nothing is unavailable",
            arguments: [
                FakeServer.Manner.answers("HTTP/1.1 400 Bad Request\r\n\r\n"), .greets("SSH-2.0-OpenSSH_9.2\r\n"),
                .answers("\u{0}\u{1}\u{2}\u{3}"), .hangsUp, .staysSilent, .greets(":1\r\n:2\r\n:3\r\n:4\r\n"),
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
            arguments: ["+OK\r\n", ":1\r\n", ":0\r\n", "$2\r\nno\r\n", "*1\r\n:7\r\n"])
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

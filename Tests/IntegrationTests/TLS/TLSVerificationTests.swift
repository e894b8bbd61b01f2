#if TLS
import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// Everything about TLS, one after the other: it starts many servers.
@Suite("TLS", .serialized, .timeLimit(.minutes(5)))
struct TLSTests {}

extension TLSTests {
    @Suite("Who is let in")
    struct VerificationTests {
        @Test("The right certificate is accepted, by name and by address", arguments: ["localhost", "127.0.0.1"])
        func accepted(host: String) async throws {
            try await withTLSServer { server, certificates in
                let tls = RedisTLS(authoritiesFile: certificates.authorities)
                try await withRepository(at: try server.address(tls, host: host)) { repository in
                    let user = try UserID("user-42")
                    let session = try await repository.createSession(NewSession(userID: user, ticket: .none)).session
                    #expect(try await repository.authorize(session.id) == .active(session))
                }
            }
        }

        @Test("A certificate for another host is refused, by name and by address, also where it is the name's subject")
        func otherHost() async throws {
            for (subject, host, problem) in [
                (TestCertificates.Subject.wrongName, "localhost", "hostname mismatch"),
                (.wrongName, "127.0.0.1", "IP address mismatch"),
                (.nameInSubject, "localhost", "hostname mismatch"),
            ] {
                try await withTLSServer(subject) { server, certificates in
                    let tls = RedisTLS(authoritiesFile: certificates.authorities)
                    let reason = try await refusal(by: server, tls, host: host)
                    #expect(reason?.contains("certificate of \(host) does not verify") == true, "\(reason ?? "nil")")
                    #expect(reason?.contains(problem) == true, "\(reason ?? "nil")")
                }
            }
        }

        @Test(
            "A server name that was configured counts in place of the host",
            arguments: ["other.example", "127.0.0.2"])
        func serverName(name: String) async throws {
            try await withTLSServer(.wrongName) { server, certificates in
                var tls = RedisTLS(authoritiesFile: certificates.authorities, serverName: name)
                try await withRepository(at: try server.address(tls)) { _ = try await $0.currentTime() }
                tls.serverName = "third.example"
                #expect(try await refusal(by: server, tls)?.contains("hostname mismatch") == true)
            }
        }

        @Test("A certificate of an unknown authority is refused, be the trusted ones ours or the system's")
        func unknownAuthority() async throws {
            try await withTLSServer { server, certificates in
                for file in [certificates.stranger, nil] {
                    let reason = try await refusal(by: server, RedisTLS(authoritiesFile: file))
                    #expect(reason?.contains("does not verify") == true, "\(reason ?? "nil")")
                }
            }
        }

        @Test("A certificate that has expired is refused")
        func expired() async throws {
            try await withTLSServer(.expired) { server, certificates in
                let reason = try await refusal(by: server, RedisTLS(authoritiesFile: certificates.authorities))
                #expect(reason?.contains("certificate has expired") == true, "\(reason ?? "nil")")
            }
        }

        @Test("A server that wants to see our certificate lets us in with it, and says so without")
        func clientCertificate() async throws {
            try await withTLSServer(wantsClientCertificate: true) { server, certificates in
                var tls = RedisTLS(
                    authoritiesFile: certificates.authorities,
                    clientCertificate: .init(
                        certificateFile: certificates.certificate(.client), privateKeyFile: certificates.key(.client)))
                try await withRepository(at: try server.address(tls)) { _ = try await $0.currentTime() }
                tls.clientCertificate = nil
                // The server's own words, or ours where they came too late.
                let missing = try await refusal(by: server, tls) ?? ""
                #expect(missing.contains(/certificate required|want of a client certificate/), "\(missing)")
                // Its signer is not known there.
                tls.clientCertificate = .init(
                    certificateFile: certificates.stranger, privateKeyFile: certificates.file("stranger.key"))
                let unknown = try await refusal(by: server, tls) ?? ""
                #expect(unknown.contains(/unknown ca|want of a client certificate/), "\(unknown)")
            }
        }

        @Test("A password, and what is in it, is asked for under TLS as without")
        func password() async throws {
            let certificates = try await TestCertificates.shared.value
            var options = EmbeddedRedisOptions.tls(certificates.server())
            options.password = "p@ss/w:rd"
            try await withPrivateServer(options) { server in
                let url = server.url + "?ca=\(certificates.authorities)"
                try await withRepository(at: try RedisServer(url: url)) { _ = try await $0.currentTime() }
            }
        }

        private func refusal(
            by server: EmbeddedRedis, _ tls: RedisTLS, host: String = "localhost"
        ) async throws -> String? {
            try await TLSTests.refusal(at: try server.address(tls, host: host))
        }
    }

    /// Why a repository there is unavailable; `nil`, and an issue, when it is not.
    static func refusal(
        at server: RedisServer, connectTimeout: Duration = .seconds(20),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String? {
        var reason: String?
        try await withRepository(
            at: server,
            configure: {
                $0.commandTimeout = .milliseconds(200)
                $0.connectTimeout = connectTimeout
            }
        ) { repository in
            try await eventually("the first attempt has failed", sourceLocation: sourceLocation) {
                let error = await failure(sourceLocation: sourceLocation) { () throws(SessionRepositoryError) in
                    try await repository.currentTime()
                }
                guard case .storeUnavailable(let text) = error else {
                    Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
                    return true
                }
                reason = text
                return text != "connecting takes too long"
            }
        }
        return reason
    }
}

/// Runs a test with a server that speaks TLS only and has that certificate.
func withTLSServer(
    _ subject: TestCertificates.Subject = .server, wantsClientCertificate: Bool = false,
    _ body: (EmbeddedRedis, TestCertificates) async throws -> Void
) async throws {
    let certificates = try await TestCertificates.shared.value
    let tls = certificates.server(subject, wantsClientCertificate: wantsClientCertificate)
    try await withPrivateServer(.tls(tls)) { try await body($0, certificates) }
}

extension EmbeddedRedis {
    func address(_ tls: RedisTLS?, host: String = "localhost") throws -> RedisServer {
        try RedisServer(host: host, port: try #require(port), tls: tls)
    }
}
#endif

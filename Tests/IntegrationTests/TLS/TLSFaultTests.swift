#if TLS
import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension TLSTests {
    @Suite("What goes wrong")
    struct FaultTests {
        @Test("A client in plain text learns in time that a TLS port is not for it")
        func plainClient() async throws {
            try await withTLSServer { server, _ in
                let begin = ContinuousClock.now
                let reason = try await TLSTests.refusal(at: try server.address(nil))
                #expect(reason != nil)
                #expect(begin.duration(to: .now) < .seconds(20))
            }
        }

        @Test("A TLS client learns in time that a port speaks plain text")
        func plainServer() async throws {
            try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { server in
                let begin = ContinuousClock.now
                // It answers what it takes for a command, or waits for the rest of it.
                let reason = try await TLSTests.refusal(
                    at: try server.address(RedisTLS()), connectTimeout: .milliseconds(500))
                #expect(reason != nil)
                #expect(begin.duration(to: .now) < .seconds(20))
            }
        }

        @Test("A server that accepts and then says nothing is given up in the time for connecting")
        func silentServer() async throws {
            try await withTLSServer { server, certificates in
                let address = try server.address(RedisTLS(authoritiesFile: certificates.authorities))
                try await withRepository(
                    at: address,
                    configure: {
                        $0.connectTimeout = .milliseconds(300)
                        $0.commandTimeout = .seconds(2)
                    }
                ) { repository in
                    server.signal(SIGSTOP)
                    let error = await failure { () throws(SessionRepositoryError) in
                        try await repository.currentTime()
                    }
                    #expect("\(error as Any)".contains("the server did not answer while connecting ("))
                    server.signal(SIGCONT)
                    try await eventually("it works by itself") { (try? await repository.currentTime()) != nil }
                }
            }
        }

        @Test("CLIENT KILL in mid-flight: every operation is answered, and rightly")
        func clientKill() async throws {
            try await withTLSStore { store, _ in
                let sessions = try await store.create(32, for: try store.user())
                let kills = store.killingConnections()
                let results = await outcomes(32) { worker throws(SessionRepositoryError) in
                    var right = 0
                    for _ in 0..<50 {
                        let session = sessions[worker]
                        if try await store.repository.authorize(session.id) == .active(session) { right += 1 }
                    }
                    return right
                }
                kills.cancel()
                #expect(await kills.value > 0)
                #expect(results.map(\.value) == Array(repeating: 50, count: 32))
            }
        }

        @Test("A server that was killed and started again is found again, with its data")
        func restart() async throws {
            try await withTLSStore({ $0.appendOnly = true }) { store, server in
                let session = try await store.create(for: try store.user())
                try await server.kill()
                async let pending = outcomes(16) { _ throws(SessionRepositoryError) in
                    try await store.repository.authorize(session.id)
                }
                try await server.restart()
                for result in await pending { #expect(try result.get() == .active(session)) }
            }
        }

        @Test("Certificates that were renewed, and their authority, come into use with the next connection")
        func renewed() async throws {
            let certificates = try await TestCertificates.shared.value
            func install(_ subject: TestCertificates.Subject, authorities: String) throws {
                for (source, name) in [
                    (certificates.certificate(subject), "rolling.pem"), (certificates.key(subject), "rolling.key"),
                    (authorities, "rolling-authority.pem"),
                ] {
                    try Data(contentsOf: URL(filePath: source)).write(to: URL(filePath: certificates.file(name)))
                }
            }
            try install(.server, authorities: certificates.authorities)
            let files = EmbeddedRedisTLS(
                certificateFile: certificates.file("rolling.pem"), privateKeyFile: certificates.file("rolling.key"),
                authoritiesFile: certificates.file("rolling-authority.pem"))
            try await withPrivateServer(.tls(files)) { server in
                let address = try server.address(RedisTLS(authoritiesFile: files.authoritiesFile))
                try await withRepository(at: address) { repository in
                    _ = try await repository.currentTime()
                    try install(.successor, authorities: certificates.stranger)
                    try await server.restart()
                    _ = try await repository.currentTime()
                }
            }
        }

        @Test("Files that cannot be used are refused with the configuration, by name, and no passphrase is asked for")
        func files() async throws {
            let certificates = try await TestCertificates.shared.value
            let client = certificates.certificate(.client)
            let cases: [(RedisTLS, String)] = [
                (RedisTLS(authoritiesFile: "/nowhere/ca.pem"), "/nowhere/ca.pem"),
                (RedisTLS(authoritiesFile: certificates.key(.client)), "client.key"),
                (.client(certificate: "/nowhere/client.pem", key: certificates.key(.client)), "/nowhere/client.pem"),
                (.client(certificate: client, key: "/nowhere/client.key"), "/nowhere/client.key"),
                (.client(certificate: client, key: certificates.key(.server)), "server.key"),
                (.client(certificate: client, key: certificates.file("locked.key")), "locked.key"),
            ]
            for (tls, name) in cases {
                let server = try RedisServer(host: "localhost", tls: tls)
                let error = #expect(throws: SessionRepositoryError.self) {
                    try RedisSessionRepository(configuration: .init(server: server), logger: .quiet)
                }
                guard case .invalidConfiguration(setting: "Redis TLS", let problem) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(problem.contains(name), "\(problem)")
                #expect(!problem.contains("OpenSSL error"), "\(problem)")
            }
        }
    }
}

extension RedisTLS {
    fileprivate static func client(certificate: String, key: String) -> RedisTLS {
        RedisTLS(clientCertificate: .init(certificateFile: certificate, privateKeyFile: key))
    }
}
#endif

import RedisClient
import Testing

@testable import SessionRepository

@Suite("The check of the transport")
struct TransportCheckTests {
    private func status(_ endpoint: RedisEndpoint, isEncrypted: Bool = false) -> HealthCheck.Status {
        HealthCheck.transport(to: endpoint, isEncrypted: isEncrypted).status
    }

    @Test("warns of plain text that leaves the machine, and of nothing else")
    func plainText() {
        #expect(status(.unixSocket(path: "/run/redis.sock")) == .ok)
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"] {
            #expect(status(.tcp(host: host, port: 6379)) == .ok)
        }
        for host in ["redis.example", "10.0.0.1", "127.example", "2001:db8::1"] {
            #expect(status(.tcp(host: host, port: 6379)) == .warn)
            #expect(status(.tcp(host: host, port: 6379), isEncrypted: true) == .ok)
        }
    }
}

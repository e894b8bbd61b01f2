import Testing

@testable import RedisClient

@Suite("The name that a server must prove by TLS")
struct TLSIdentityTests {
    private func name(at address: RedisAddress, configured: String? = nil) -> String? {
        let settings = TLSSettings(authoritiesFile: nil, clientCertificate: nil, serverName: configured)
        return TLSIdentity(settings, at: address)?.serverName
    }

    @Test("is the one that was looked up, not what it led to, unless another is configured")
    func name() {
        let address = RedisAddress.numeric(host: "192.0.2.1", port: 6379, name: "redis.example")
        #expect(name(at: address) == "redis.example")
        #expect(name(at: address, configured: "other.example") == "other.example")
    }

    @Test("has no dot at its end")
    func absolute() {
        #expect(name(at: .numeric(host: "192.0.2.1", port: 6379, name: "redis.example.")) == "redis.example")
    }

    @Test("is none without TLS and on a Unix socket")
    func none() {
        #expect(TLSIdentity(nil, at: .numeric(host: "192.0.2.1", port: 6379, name: "redis.example")) == nil)
        #expect(name(at: .unixSocket(path: "/run/redis.sock")) == nil)
    }
}

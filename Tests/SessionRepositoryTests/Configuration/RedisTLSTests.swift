import RedisClient
import Testing

@testable import SessionRepository

@Suite("A Redis server by TLS")
struct RedisTLSTests {
    #if TLS
    @Test("is what rediss means, with what its query names")
    func url() throws {
        let plain = try RedisServer(url: "rediss://app:hunter2@redis.example:7000/2")
        #expect(plain.endpoint == .tcp(host: "redis.example", port: 7000))
        #expect(plain.database == 2)
        #expect(plain.tls == TLSSettings(authoritiesFile: nil, clientCertificate: nil, serverName: nil))
        let full = try RedisServer(url: "REDISS://h?ca=/etc/a%20b.pem&cert=c.pem&key=k.pem&name=redis.example")
        #expect(
            full.tls
                == TLSSettings(
                    authoritiesFile: "/etc/a b.pem",
                    clientCertificate: .init(certificateFile: "c.pem", privateKeyFile: "k.pem"),
                    serverName: "redis.example"))
        #expect(try RedisServer(url: "redis://h").tls == nil)
        #expect(try RedisServer(url: "redis+unix:///s").tls == nil)
    }

    @Test("needs names of files and of the server that can be")
    func values() {
        for tls in [
            RedisTLS(authoritiesFile: ""), RedisTLS(authoritiesFile: "a\0b"), RedisTLS(serverName: ""),
            RedisTLS(serverName: "a b"), RedisTLS(serverName: "a\0b"),
            RedisTLS(clientCertificate: .init(certificateFile: "c", privateKeyFile: "")),
        ] {
            let refusal = refusal { () throws(SessionRepositoryError) in _ = try RedisServer(host: "h", tls: tls) }
            #expect(refusal?.name == "Redis TLS", "\(tls)")
        }
    }
    #else
    @Test("is refused by a build without it, which says what to do", arguments: ["rediss://:hunter2@h", "REDISS://h"])
    func missing(url: String) {
        let refusals = [
            refusal { () throws(SessionRepositoryError) in _ = try RedisServer(url: url) },
            refusal { () throws(SessionRepositoryError) in _ = try RedisServer(host: "h", tls: RedisTLS()) },
        ]
        for refusal in refusals {
            #expect(refusal?.name == "Redis TLS")
            #expect(refusal?.problem.contains("build with the package trait TLS") == true)
        }
    }
    #endif

    @Test(
        "is refused with a query that says something else, or half of a client certificate",
        arguments: [
            "ca", "ca=a&ca=b", "hunter2=1", "verify=no", "cert=c.pem", "key=k.pem", "ca=a.pem&key=k.pem", "db=1",
        ])
    func query(text: String) {
        let refusal = refusal { () throws(SessionRepositoryError) in _ = try RedisServer(url: "rediss://h?\(text)") }
        #expect(refusal?.name == "Redis URL")
        #expect(refusal?.problem.contains("hunter2") == false)
    }
}

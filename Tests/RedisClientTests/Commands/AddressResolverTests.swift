import Testing

@testable import RedisClient

@Suite("Addresses that need no name service")
struct AddressResolverTests {
    @Test("are numeric hosts", arguments: ["127.0.0.1", "10.1.2.3", "::1", "2001:db8::17"])
    func numeric(host: String) {
        #expect(
            AddressResolver.immediate(.tcp(host: host, port: 6379)) == [.numeric(host: host, port: 6379, name: host)])
    }

    @Test("are spelled canonically, and keep the name by which they were asked for")
    func canonical() {
        let name = "2001:0DB8:0:0:0:0:0:17"
        #expect(
            AddressResolver.immediate(.tcp(host: name, port: 1))
                == [.numeric(host: "2001:db8::17", port: 1, name: name)])
    }

    @Test("are socket paths")
    func socket() {
        #expect(
            AddressResolver.immediate(.unixSocket(path: "/run/redis.sock")) == [.unixSocket(path: "/run/redis.sock")])
        #expect(AddressResolver.blocking(.unixSocket(path: "/a")) == .success([.unixSocket(path: "/a")]))
    }

    @Test("are not names", arguments: ["localhost", "redis.example", "1.2.3.4.5", "::g", "not a host"])
    func names(host: String) {
        #expect(AddressResolver.immediate(.tcp(host: host, port: 6379)) == nil)
    }

    @Test("are found also by the blocking way")
    func blocking() {
        #expect(
            AddressResolver.blocking(.tcp(host: "127.0.0.1", port: 7000))
                == .success([.numeric(host: "127.0.0.1", port: 7000, name: "127.0.0.1")]))
    }

    @Test("of both families are tried in turn, each in its order")
    func interleaved() {
        func addresses(_ hosts: String...) -> [RedisAddress] { hosts.map { .numeric(host: $0, port: 1, name: "n") } }
        #expect(
            AddressResolver.interleaved(addresses("::1", "::2", "::3", "10.0.0.1"))
                == addresses("::1", "10.0.0.1", "::2", "::3"))
        #expect(
            AddressResolver.interleaved(addresses("10.0.0.1", "10.0.0.2", "::1", "::2"))
                == addresses("10.0.0.1", "::1", "10.0.0.2", "::2"))
        #expect(AddressResolver.interleaved([]) == [])
    }

    @Test("lead to the same server whatever name was looked up")
    func samePlace() {
        let place = RedisAddress.numeric(host: "10.0.0.1", port: 1, name: "redis")
        #expect(place.isSamePlace(as: .numeric(host: "10.0.0.1", port: 1, name: "10.0.0.1")))
        #expect(!place.isSamePlace(as: .numeric(host: "10.0.0.1", port: 2, name: "redis")))
        #expect(!place.isSamePlace(as: .numeric(host: "10.0.0.2", port: 1, name: "redis")))
        #expect(!place.isSamePlace(as: .unixSocket(path: "10.0.0.1")))
        #expect(RedisAddress.unixSocket(path: "/a").isSamePlace(as: .unixSocket(path: "/a")))
    }

    @Test("describe themselves as people write them")
    func endpoints() {
        #expect("\(RedisEndpoint.tcp(host: "redis", port: 1))" == "redis:1")
        #expect("\(RedisEndpoint.tcp(host: "::1", port: 6379))" == "[::1]:6379")
        #expect("\(RedisEndpoint.unixSocket(path: "/a b"))" == "/a b")
    }
}

import Testing

@testable import RedisClient

@Suite("Redirections")
struct RedirectionTests {
    private static let node = RedisEndpoint.tcp(host: "10.0.0.1", port: 7000)

    private func endpoint(_ code: String, _ message: String) -> RedisEndpoint? {
        Redirection(.server(code: code, message: message))?.endpoint(answeredBy: Self.node)
    }

    @Test("say which slot is where, for good or for once")
    func kinds() throws {
        let moved = try #require(Redirection(.server(code: "MOVED", message: "3999 127.0.0.1:6381")))
        #expect(moved.kind == .moved)
        #expect(moved.slot.number == 3999)
        #expect(moved.endpoint(answeredBy: Self.node) == .tcp(host: "127.0.0.1", port: 6381))
        let ask = try #require(Redirection(.server(code: "ASK", message: "0 127.0.0.1:6381")))
        #expect(ask.kind == .ask)
        #expect(ask.slot.number == 0)
    }

    @Test("name addresses of both families, and host names")
    func hosts() {
        #expect(endpoint("MOVED", "1 ::1:6379") == .tcp(host: "::1", port: 6379))
        #expect(endpoint("MOVED", "1 2001:db8::17:6379") == .tcp(host: "2001:db8::17", port: 6379))
        #expect(endpoint("ASK", "16383 redis-0.redis.svc:65535") == .tcp(host: "redis-0.redis.svc", port: 65_535))
        #expect(endpoint("MOVED", "1 h:1 with more") == .tcp(host: "h", port: 1))
    }

    @Test("that name no host mean that of the node that answers", arguments: ["MOVED", "ASK"])
    func sameHost(code: String) {
        #expect(endpoint(code, "1 :7001") == .tcp(host: "10.0.0.1", port: 7001))
        let redirection = Redirection(.server(code: code, message: "1 :7001"))
        #expect(redirection != nil)
        #expect(redirection?.endpoint(answeredBy: .unixSocket(path: "/redis")) == nil)
    }

    @Test("that name a host that has no name lead nowhere", arguments: ["MOVED", "ASK"])
    func unknownHost(code: String) {
        #expect(Redirection(.server(code: code, message: "1 ?:7001")) != nil)
        #expect(endpoint(code, "1 ?:7001") == nil)
    }

    @Test("lead to where an announced address is reached from here")
    func addressMap() throws {
        var map = AddressMap()
        map.add(.tcp(host: "10.0.0.5", port: 6379), reachedAt: .tcp(host: "public", port: 17_001))
        let moved = try #require(Redirection(.server(code: "MOVED", message: "1 10.0.0.5:6379")))
        #expect(moved.endpoint(answeredBy: Self.node, addressMap: map) == .tcp(host: "public", port: 17_001))
        // The node that answers has been reached: there is nothing to translate.
        let same = try #require(Redirection(.server(code: "MOVED", message: "1 :6379")))
        #expect(
            same.endpoint(answeredBy: .tcp(host: "10.0.0.5", port: 1), addressMap: map)?.description == "10.0.0.5:6379")
    }

    @Test(
        "that cannot be read are none",
        arguments: [
            "", " ", "1", "1 ", "x h:1", "-1 h:1", "16384 h:1", "99999999999999999999 h:1", "1 h", "1 h:", "1 h:0",
            "1 h:65536", "1 h:-1", "1 h:x", "1 :", "1.5 h:1", "h:1 1", "1 h:1x", "\n\n",
        ])
    func garbage(message: String) {
        for code in ["MOVED", "ASK"] { #expect(endpoint(code, message) == nil) }
    }

    @Test("are no other errors", arguments: ["moved", "ASKING", "TRYAGAIN", "CLUSTERDOWN", "ERR", ""])
    func otherCodes(code: String) {
        #expect(endpoint(code, "1 h:1") == nil)
    }

    @Test("are errors of servers only")
    func otherErrors() {
        for error in [.timedOut, .outcomeUnknown, .unavailable(reason: "MOVED 1 h:1")] as [RedisError] {
            #expect(Redirection(error) == nil)
        }
    }
}

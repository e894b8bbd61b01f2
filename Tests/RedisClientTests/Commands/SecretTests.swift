import Testing

@testable import RedisClient

@Suite("A secret")
struct SecretTests {
    private struct Holder {
        let name = "holder"
        let secret = Secret("hunter2")
        let optional: Secret? = Secret("hunter2")
        let list = [Secret("hunter2")]
    }

    @Test("is known to its owner")
    func value() {
        #expect(Secret("hunter2").value == "hunter2")
        #expect(Secret("hunter2") == Secret("hunter2"))
        #expect(Secret("hunter2") != Secret("hunter3"))
    }

    @Test("appears in no text that Swift makes of it or of what holds it")
    func secrecy() {
        var texts: [String] = []
        for value in [Secret("hunter2"), Holder(), ["key": Secret("hunter2")], (1, Secret("hunter2"))] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            var printed = ""
            print(value, to: &printed)
            var debugged = ""
            debugPrint(value, to: &debugged)
            texts += [
                dumped, printed, debugged, "\(value)", String(describing: value), String(reflecting: value),
                "\(Mirror(reflecting: value).children.map { "\($0.value)" })",
            ]
        }
        for text in texts { #expect(!text.contains("hunter2")) }
    }

    @Test("is hidden in a client's configuration and in its length")
    func configuration() {
        var configuration = RedisClientConfiguration(endpoint: .unixSocket(path: "/redis"))
        configuration.password = Secret("hunter2")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect("\(Secret("a"))" == "\(Secret("hunter2"))")
    }
}

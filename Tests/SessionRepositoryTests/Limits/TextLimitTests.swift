import Testing

@testable import SessionRepository

@Suite("Reasons and actors")
struct TextLimitTests {
    @Test("a reason has at most 512 bytes; an empty one is none")
    func reason() throws {
        #expect(try InputLimits.reason(nil) == nil)
        #expect(try InputLimits.reason("") == nil)
        #expect(try InputLimits.reason("lost\nphone") == "lost\nphone")
        #expect(try InputLimits.reason(String(repeating: "é", count: 256))?.utf8.count == 512)
        let long = String(repeating: "é", count: 256) + "x"
        let refusal = refusal { () throws(SessionRepositoryError) in _ = try InputLimits.reason(long) }
        #expect(refusal == Refusal(name: "reason", problem: "it must have at most 512 bytes"))
    }

    @Test("an actor is an identifier, or nobody")
    func actor() throws {
        #expect(try InputLimits.actor(nil) == nil)
        #expect(try InputLimits.actor("admin") == "admin")
        for text in ["", String(repeating: "x", count: 257), "ad\0min"] {
            #expect(refusal { () throws(SessionRepositoryError) in _ = try InputLimits.actor(text) }?.name == "by")
        }
    }

    @Test("an identifier's refusal names the field that it was given")
    func field() {
        let refusal = refusal { () throws(SessionRepositoryError) in
            _ = try InputLimits.identifier("", field: "granted by")
        }
        #expect(refusal == Refusal(name: "granted by", problem: "it must have 1 to 256 bytes"))
    }
}

import Testing

@testable import SessionRepository

@Suite("Attributes")
struct AttributeTests {
    private func refused(_ attributes: [String: String]) -> Refusal? {
        refusal { () throws(SessionRepositoryError) in _ = try InputLimits.attributes(attributes) }
    }

    private func numbered(_ count: Int) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { ("name\($0)", "value") })
    }

    @Test("there are at most 32")
    func count() throws {
        #expect(try InputLimits.attributes([:]) == [:])
        #expect(try InputLimits.attributes(numbered(32)) == numbered(32))
        #expect(refused(numbered(33)) == Refusal(name: "attributes", problem: "there can be at most 32"))
    }

    @Test("a name has 1 to 64 bytes")
    func names() {
        #expect(refused([String(repeating: "n", count: 64): ""]) == nil)
        #expect(refused([String(repeating: "é", count: 32): ""]) == nil)
        for name in ["", String(repeating: "n", count: 65), String(repeating: "é", count: 32) + "x"] {
            #expect(refused([name: ""])?.name == "attribute name")
        }
    }

    @Test("a value has at most 1,024 bytes, and the refusal names its attribute")
    func values() {
        #expect(refused(["role": ""]) == nil)
        #expect(refused(["role": String(repeating: "é", count: 512)]) == nil)
        #expect(refused(["role": String(repeating: "é", count: 512) + "x"])?.name == "attribute role")
    }
}

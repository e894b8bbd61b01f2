import Testing

@testable import SessionRepository

@Suite("User and organization IDs")
struct OwnerIDTests {
    /// What both kinds say to one text.
    private func refusals(_ text: String) -> [String?] {
        [
            refusal { () throws(SessionRepositoryError) in _ = try UserID(text) }?.name,
            refusal { () throws(SessionRepositoryError) in _ = try OrganizationID(text) }?.name,
        ]
    }

    @Test("are kept as they were given")
    func verbatim() throws {
        for text in ["user-42", "a", "auth0|5f7c8ec7", "ünï@example.com", "{weird}:*?", " spaced ", "👩‍👩‍👧‍👦"] {
            #expect(try UserID(text).description == text)
            #expect(try OrganizationID(text).description == text)
        }
    }

    @Test("have 1 to 256 bytes, not characters")
    func length() {
        #expect(refusals("") == ["user ID", "organization ID"])
        #expect(refusals(String(repeating: "x", count: 256)) == [nil, nil])
        #expect(refusals(String(repeating: "x", count: 257)) == ["user ID", "organization ID"])
        #expect(refusals(String(repeating: "é", count: 128)) == [nil, nil])
        #expect(refusals(String(repeating: "é", count: 128) + "x") == ["user ID", "organization ID"])
        #expect(refusals(String(repeating: "👍", count: 64)) == [nil, nil])
        #expect(refusals(String(repeating: "👍", count: 65)) == ["user ID", "organization ID"])
    }

    @Test("hold no control character, be it C0, DEL or C1")
    func controls() throws {
        for value in Array(0...0x1F) + Array(0x7F...0x9F) as [UInt32] {
            let control = Character(try #require(UnicodeScalar(value)))
            for text in ["\(control)user", "us\(control)er", "user\(control)"] {
                #expect(refusals(text) == ["user ID", "organization ID"], "U+\(String(value, radix: 16))")
            }
        }
        #expect(refusals("user\r\nname") == ["user ID", "organization ID"])
    }

    @Test("hold other unusual characters all the same")
    func others() {
        for text in ["\u{A0}", "\u{200B}", "\u{301}combining", "\u{FEFF}", "\u{10FFFF}", "\u{FFFD}"] {
            #expect(refusals(text) == [nil, nil], "\(text.unicodeScalars.map(\.value))")
        }
    }

    /// Swift's strings are equal when they look alike; Redis' keys are bytes, and so are owners.
    @Test("are equal only byte for byte")
    func equality() throws {
        let (composed, decomposed) = ("jos\u{E9}", "jose\u{301}")
        #expect(composed == decomposed)
        #expect(try UserID(composed) != UserID(decomposed))
        #expect(try UserID(composed) == UserID("jos\u{E9}"))
        #expect(try Set([UserID(composed), UserID(decomposed)]).count == 2)
        #expect(try OrganizationID(composed) != OrganizationID(decomposed))
        #expect(try Set([OrganizationID(composed), OrganizationID(decomposed)]).count == 2)
    }
}

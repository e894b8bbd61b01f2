import TestSupport
import Testing

@testable import SessionRepository

@Suite("Session and grant IDs")
struct SessionIDTests {
    private static let good = "6d894aa3.AAAAAAAAAAAAAAAAAAAAAQ"

    @Test("begin with their owner's tag and have 31 characters")
    func form() throws {
        let session = SessionID(for: try UserID("user-42"))
        #expect(session.description.hasPrefix("6d894aa3."))
        #expect(session.description.utf8.count == 31)
        let grant = SupportAccessGrantID(for: try OrganizationID("acme"))
        #expect(grant.description.hasPrefix("822b33ad."))
        #expect(grant.description.utf8.count == 31)
    }

    @Test("are read back from their text", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<100 {
            let user = try UserID("user-\(random.next())")
            let id = SessionID(for: user)
            #expect(try SessionID(id.description) == id)
            #expect(id.mayBelong(to: user))
            let grant = SupportAccessGrantID(for: try OrganizationID("org-\(random.next())"))
            #expect(try SupportAccessGrantID(grant.description) == grant)
        }
    }

    @Test("never come twice")
    func unique() throws {
        let user = try UserID("user-42")
        #expect(Set((0..<5_000).map { _ in SessionID(for: user) }).count == 5_000)
    }

    @Test("of another user are recognized")
    func otherUser() throws {
        #expect(!SessionID(for: try UserID("user-42")).mayBelong(to: try UserID("user-43")))
    }

    @Test(
        "have exactly one form; everything else is refused before any I/O",
        arguments: [
            "", ".", "6d894aa3", "6d894aa3.", ".AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3AAAAAAAAAAAAAAAAAAAAAAQ",
            "6d894aa3-AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3.AAAAAAAAAAAAAAAAAAAAA", "6d894aa3.AAAAAAAAAAAAAAAAAAAAAQQ",
            "6D894AA3.AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3.AAAAAAAAAAAAAAAAAAAAAR", "6d894aa3.AAAAAAAAAAAAAAAAAAAA==",
            "6d894aa3.AAAAAAAAAAAAAAAAAAA+AQ", "6d894aa3.AAAAAAAAAAAAAAAAAAA/AQ", "6d894aa3.AAAAAAAAAA.AAAAAAAAAAQ",
            " 6d894aa3.AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3.AAAAAAAAAAAAAAAAAAAAAQ\n", "6d894aa3.AAAAAAAAAAAAAAAAAAAA\0Q",
            "{6d894aa3}.AAAAAAAAAAAAAAAAAAAAAQ", "sr:session:{6d894aa3}.AAAAAAAAAAAAAAAAAAAAAQ",
            // Look-alikes: a Cyrillic а, a full-width A, a one-dot leader; and a combining mark after the end.
            "6d894\u{430}a3.AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3.\u{FF21}AAAAAAAAAAAAAAAAAAAAQ",
            "6d894aa3\u{2024}AAAAAAAAAAAAAAAAAAAAAQ", "6d894aa3.AAAAAAAAAAAAAAAAAAAAAQ\u{301}",
            "6d894aa3.AAAAAAAAAAAAAAAAAAAA\u{E9}",
        ])
    func malformed(text: String) {
        #expect(refusal { () throws(SessionRepositoryError) in _ = try SessionID(text) }?.name == "session ID")
        #expect(refusal { () throws(SessionRepositoryError) in _ = try SupportAccessGrantID(text) }?.name == "grant ID")
    }

    @Test("do not take any single byte's change for the same ID")
    func changes() throws {
        let id = try SessionID(Self.good)
        for position in Self.good.utf8.indices {
            for byte in [0, 10, 32, 46, 48, 65, 81, 97, 95, 123, 127] as [UInt8] {
                var bytes = Array(Self.good.utf8)
                let offset = Self.good.utf8.distance(from: Self.good.utf8.startIndex, to: position)
                guard bytes[offset] != byte else { continue }
                bytes[offset] = byte
                let changed = try? SessionID(String(decoding: bytes, as: UTF8.self))
                #expect(changed != id, "byte \(byte) at \(offset)")
            }
        }
    }

    @Test("a refusal does not repeat the text, which may be somebody's token")
    func secrecy() {
        let refusal = refusal { () throws(SessionRepositoryError) in _ = try SessionID("srt1_hunter2") }
        #expect(refusal?.problem.contains("hunter2") == false)
    }
}

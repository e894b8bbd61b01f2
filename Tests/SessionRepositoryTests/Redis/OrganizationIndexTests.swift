import Testing

@testable import SessionRepository

@Suite("Finding organizations' indexes")
struct OrganizationIndexTests {
    private let keys = KeySpace(prefix: "sr")

    @Test(
        "gives the organization whose key it was",
        arguments: [
            "acme", "a:b", "a}:b", "}:", "{x}", ":", "日本", "👩‍👩‍👧‍👦", " ", String(repeating: "é", count: 128),
            // These merge with the colon before them into one character.
            "\u{301}acute", "\u{FE0F}", "\u{200D}joined", "\u{1F3FD}tone", "\u{20E3}",
        ])
    func inverse(name: String) throws {
        let organization = try OrganizationID(name)
        #expect(keys.organization(ofIndex: keys.organizationIndex(organization)) == organization)
    }

    @Test(
        "knows no organization for other keys",
        arguments: [
            "", "sr:org:", "sr:org:{822b33ad}", "sr:org:{822b33ad}:", "sr:org:{822b33ae}:acme",
            "sr:org:{822B33AD}:acme",
            "sr2:org:{822b33ad}:acme", "sr:user:{6d894aa3}:user-42", "sr:org:{}:acme", "sr:org:822b33ad:acme",
            "xsr:org:{822b33ad}:acme", "sr:org:{822b33ad}:ac\0me", "sr:org:{822b33ad}:acme ",
        ])
    func others(key: String) {
        #expect(keys.organization(ofIndex: key) == nil)
    }

    @Test("searches for the prefix itself, not for what it means as a pattern")
    func pattern() {
        #expect(keys.organizationIndexPattern == "sr:org:{*")
        #expect(KeySpace(prefix: "a*b?c[d]e\\f^g").organizationIndexPattern == "a\\*b\\?c\\[d\\]e\\\\f\\^g:org:{*")
    }
}

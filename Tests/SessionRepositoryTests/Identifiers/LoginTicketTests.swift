import Testing

@testable import SessionRepository

@Suite("A login ticket")
struct LoginTicketTests {
    private func ticket(_ userEpoch: String, _ everyoneEpoch: String) throws -> LoginTicket {
        LoginTicket(
            user: try UserID("anna"), begun: 1_796_000_000_000, userEpoch: userEpoch, everyoneEpoch: everyoneEpoch)
    }

    @Test(
        "is read back from its text",
        arguments: [("", ""), ("1796000000001-abcDEF_-", ""), ("", "17--_-_-_-_"), ("1-AAAAAAAA", "2-BBBBBBBB")])
    func text(_ userEpoch: String, _ everyoneEpoch: String) throws {
        let ticket = try ticket(userEpoch, everyoneEpoch)
        #expect(try LoginTicket(ticket.description) == ticket)
        #expect(ticket.description.utf8.count <= 100)
    }

    @Test(
        "is no other text, above all not the one of `none`",
        arguments: [
            "", "none", "...", "AD3B5D66.1796000000000..", "ad3b5d6.1796000000000..",
            "ad3b5d66.1796000000000.", "ad3b5d66.1796000000000...", "ad3b5d66.01796000000000..",
            "ad3b5d66.-1..", "ad3b5d66.99999999999999999999..", "ad3b5d66.1796000000000.a b.",
            "ad3b5d66.1796000000000.é.", "ad3b5d66.1796000000000." + String(repeating: "a", count: 100) + ".",
        ])
    func otherText(_ text: String) {
        #expect(throws: SessionRepositoryError.self) { try LoginTicket(text) }
    }

    @Test("is of one user's login")
    func owner() throws {
        let ticket = try ticket("", "")
        try ticket.validate(for: HashTag(owner: "anna"))
        try LoginTicket.none.validate(for: HashTag(owner: "bob"))
        #expect(throws: SessionRepositoryError.self) { try ticket.validate(for: HashTag(owner: "bob")) }
    }
}

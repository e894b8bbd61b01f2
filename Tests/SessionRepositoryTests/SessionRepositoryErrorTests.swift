import Foundation
import SessionRepository
import Testing

@Suite("The repository's errors")
struct SessionRepositoryErrorTests {
    private func all() throws -> [SessionRepositoryError] {
        let session = SessionID(for: try UserID("user-42"))
        let grant = SupportAccessGrantID(for: try OrganizationID("acme"))
        return [
            .invalidInput(field: "reason", problem: "too long"),
            .invalidConfiguration(setting: "lifetime", problem: "zero"),
            .loginSuperseded(by: .everyoneOut), .loginTicketExpired, .sessionLimitReached(limit: 7),
            .sessionAlreadyEnded(session), .identifierTaken("the-id"), .supportAccessEnded(grant),
            .supportAccessNotGranted(grant), .corruptRecord(key: "the-key", problem: "odd"),
            .storeUnavailable(reason: "refused"), .timedOut, .overloaded, .storeFull,
            .storeRefused(code: "NOPERM", message: "no"), .cancelled, .shutDown,
        ]
    }

    @Test("have a code each, in words that a program can rely on")
    func codes() throws {
        let codes = try all().map(\.code)
        #expect(
            codes == [
                "invalidInput", "invalidConfiguration", "loginSuperseded", "loginTicketExpired",
                "sessionLimitReached", "sessionAlreadyEnded",
                "identifierTaken", "supportAccessEnded", "supportAccessNotGranted", "corruptRecord", "storeUnavailable",
                "timedOut", "overloaded", "storeFull", "storeRefused", "cancelled", "shutDown",
            ])
        #expect(Set(codes).count == codes.count)
    }

    @Test("have a description each, that says what the case carries")
    func descriptions() throws {
        let errors = try all()
        let descriptions = errors.map(\.description)
        #expect(descriptions.allSatisfy { !$0.isEmpty })
        #expect(Set(descriptions).count == descriptions.count)
        for (error, word) in zip(errors, ["reason", "lifetime", "everyone", "24 hours", "7"]) {
            #expect(error.description.contains(word))
        }
        #expect(SessionRepositoryError.corruptRecord(key: "the-key", problem: "odd").description.contains("the-key"))
        #expect(SessionRepositoryError.storeRefused(code: "NOPERM", message: "no").description.contains("NOPERM"))
    }
}

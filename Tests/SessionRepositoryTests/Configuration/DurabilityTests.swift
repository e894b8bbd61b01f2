import Testing

@testable import SessionRepository

@Suite("How far a revocation is to be")
struct DurabilityTests {
    private func refused(_ durability: Durability) -> String? {
        refusal { () throws(SessionRepositoryError) in try durability.validate() }?.name
    }

    private func journal(_ policy: RevocationJournalPolicy?) throws -> String? {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(host: "127.0.0.1"))
        configuration.revocationJournal = policy
        return refusal { () throws(SessionRepositoryError) in try configuration.validate() }?.name
    }

    @Test("may be the master's word alone")
    func acknowledged() {
        #expect(refused(.acknowledged) == nil)
    }

    @Test("is one to a hundred replicas")
    func count() {
        for good in [1, 100] { #expect(refused(.replicated(count: good, timeout: .seconds(1))) == nil) }
        for bad in [0, -1, 101, .max, .min] {
            #expect(refused(.replicated(count: bad, timeout: .seconds(1))) == "durability")
        }
    }

    @Test("is waited for from a millisecond to a minute")
    func timeout() {
        for good in [.milliseconds(1), .seconds(60)] as [Duration] {
            #expect(refused(.replicated(count: 1, timeout: good)) == nil)
        }
        let bad: [Duration] = [
            .zero, .seconds(-1), .microseconds(999), .seconds(60) + .nanoseconds(1), .seconds(Int64.max),
        ]
        for timeout in bad { #expect(refused(.replicated(count: 1, timeout: timeout)) == "durability") }
    }

    @Test("never claims a replica that was not counted")
    func confirmed() {
        #expect(Confirmed(1).reached == .acknowledged)
        #expect(Confirmed(1, replicas: 0).reached == .acknowledged)
        #expect(Confirmed(1, replicas: -1).reached == .acknowledged)
        #expect(Confirmed(1, replicas: 2).reached == .replicated(count: 2))
        #expect(Confirmed(1, replicas: 2) != Confirmed(1))
        #expect(Confirmed(1) != Confirmed(2))
    }

    @Test("is remembered in a journal for one to a million revocations, or in none")
    func journalEntries() throws {
        #expect(try journal(nil) == nil)
        #expect(RevocationJournalPolicy() == RevocationJournalPolicy(maximumEntries: 10_000, maximumAge: .seconds(600)))
        for good in [1, 10_000, 1_000_000] { #expect(try journal(.init(maximumEntries: good)) == nil) }
        for bad in [0, -1, 1_000_001, .max, .min] {
            #expect(try journal(.init(maximumEntries: bad)) == "revocationJournal.maximumEntries")
        }
    }

    @Test("is remembered in a mebibyte to a gibibyte")
    func journalBytes() throws {
        #expect(RevocationJournalPolicy().maximumBytes == 16 << 20)
        for good in [1 << 20, 1 << 30] { #expect(try journal(.init(maximumBytes: good)) == nil) }
        for bad in [0, -1, (1 << 20) - 1, (1 << 30) + 1, .max, .min] {
            #expect(try journal(.init(maximumBytes: bad)) == "revocationJournal.maximumBytes")
        }
    }

    @Test("is remembered for a second to a day")
    func journalAge() throws {
        for good in [.seconds(1), .seconds(86_400)] as [Duration] {
            #expect(try journal(.init(maximumAge: good)) == nil)
        }
        let bad: [Duration] = [
            .zero, .seconds(-1), .milliseconds(999), .seconds(86_400) + .nanoseconds(1), .seconds(Int64.max),
        ]
        for age in bad { #expect(try journal(.init(maximumAge: age)) == "revocationJournal.maximumAge") }
    }
}

import Testing

@testable import RedisClient

@Suite("Waiting for a journal's entries", .timeLimit(.minutes(2)))
struct WaitForEntriesTests {
    @Test("ends at once where there are some")
    func some() async {
        #expect(await Writes.journal(entries: 1).waitForUnconfirmed())
    }

    @Test("ends with the next one")
    func next() async {
        let journal = Writes.journal(entries: 0)
        async let answer = journal.waitForUnconfirmed()
        for _ in 0..<20 { await Task.yield() }
        journal.add(Writes.call(1))
        #expect(await answer)
        #expect(journal.writes == ["{1}"])
    }

    @Test("ends when the journal is closed, before or meanwhile, and says so")
    func close() async {
        let journal = Writes.journal(entries: 0)
        async let answer = journal.waitForUnconfirmed()
        for _ in 0..<20 { await Task.yield() }
        journal.close()
        #expect(await !answer)
        #expect(await !journal.waitForUnconfirmed())
        journal.add(Writes.call(1))
        #expect(await !journal.waitForUnconfirmed())
        journal.close()
    }

    @Test("waits for something newer where that is wanted")
    func newer() async {
        let journal = Writes.journal(entries: 1)
        async let answer = journal.waitForUnconfirmed(after: 1)
        for _ in 0..<20 { await Task.yield() }
        journal.add(Writes.call(2))
        #expect(await answer)
        #expect(journal.lastNumber == 2)
    }

    @Test("begins anew when all has been confirmed")
    func again() async {
        let journal = Writes.journal(entries: 1)
        #expect(await journal.waitForUnconfirmed())
        journal.confirm([1])
        async let answer = journal.waitForUnconfirmed()
        journal.add(Writes.call(2))
        #expect(await answer)
        #expect(journal.unconfirmed.map(\.number) == [2])
    }
}

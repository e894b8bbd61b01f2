import Testing

@testable import RedisClient

@Suite("A journal of writes")
struct WriteJournalTests {
    private func status(_ journal: WriteJournal) -> [Int] {
        let status = journal.status
        return [status.pending, status.confirmed, status.replayed, status.dropped]
    }

    @Test("keeps them in the order in which they were acknowledged")
    func order() {
        let journal = Writes.journal(entries: 3)
        #expect(journal.writes == ["{0}", "{1}", "{2}"])
        #expect(journal.entries.map(\.number) == [1, 2, 3])
        #expect(!journal.isEmpty)
        #expect(status(journal) == [3, 0, 0, 0])
    }

    @Test("tells which slots it has something for, and what, also when some of it has left")
    func slots() {
        let journal = Writes.journal(entries: 7, maximum: 5)
        let slots = (0..<7).map { Writes.call($0).slot }
        #expect(journal.slots == Set(slots.dropFirst(2)))
        #expect(journal.entries(in: slots[0]).isEmpty)
        journal.add(Writes.call(6, Writes.otherScript))
        #expect(journal.entries(in: slots[6]).map(\.number) == [7, 8])
        #expect(journal.entries(in: slots[6], after: 7).map(\.number) == [8])
        journal.add(Writes.call(6))
        #expect(journal.entries(in: slots[6]).map(\.number) == [8, 9])
    }

    @Test("is empty at first")
    func empty() {
        let journal = Writes.journal(entries: 0)
        #expect(journal.isEmpty)
        #expect(journal.entries.isEmpty)
        #expect(journal.status == WriteJournal.Status())
    }

    @Test("lets go of the oldest when there are too many, and counts them")
    func number() {
        let journal = Writes.journal(entries: 7, maximum: 5)
        #expect(journal.writes == ["{2}", "{3}", "{4}", "{5}", "{6}"])
        #expect(status(journal) == [5, 0, 0, 2])
    }

    @Test("lets go of the oldest when they take too much memory, and keeps the newest however large it is")
    func memory() {
        let (small, large) = (Writes.call(0), Writes.call(9, weighing: 100_000))
        let journal = Writes.journal(entries: 0, bytes: 10 * small.footprint)
        for number in 0..<20 { journal.add(Writes.call(number)) }
        #expect(journal.writes == (10..<20).map { "{\($0)}" })
        #expect(journal.status.bytes <= 10 * small.footprint)
        #expect(journal.status.dropped == 10)
        journal.add(large, lane: .sweep)
        #expect(journal.entries.count == 11)
        journal.add(large)
        #expect(journal.writes == ["{9}"])
        #expect(journal.status.bytes == large.footprint)
        journal.add(small)
        #expect(journal.writes == ["{0}"])
        #expect(journal.status.bytes == small.footprint)
    }

    @Test("lets go of what is too old, and counts it")
    func age() async {
        let journal = Writes.journal(entries: 3, age: .milliseconds(20))
        await eventually("they age") { journal.entries.isEmpty }
        #expect(status(journal) == [0, 0, 0, 3])
        #expect(journal.isEmpty)
        journal.add(Writes.call(9))
        #expect(journal.entries.map(\.number).allSatisfy { $0 == 4 })
    }

    @Test("notes what is confirmed, once, and keeps it: replicas are no help against a restart")
    func confirmation() {
        let journal = Writes.journal(entries: 4)
        journal.confirm([1, 3, 99])
        #expect(journal.unconfirmed.map(\.number) == [2, 4])
        #expect(status(journal) == [2, 2, 0, 0])
        journal.confirm([1, 3])
        journal.confirm([])
        #expect(status(journal) == [2, 2, 0, 0])
        journal.confirm([2, 4])
        #expect(journal.unconfirmed.isEmpty)
        #expect(journal.entries.count == 4)
        #expect(status(journal) == [0, 4, 0, 0])
    }

    @Test("lets a later write about the same take an earlier one's place")
    func replaced() {
        let journal = Writes.journal(entries: 2)
        journal.add(Writes.call(0))
        #expect(journal.writes == ["{1}", "{0}"])
        #expect(status(journal) == [2, 0, 0, 0])
        journal.confirm([1])
        #expect(status(journal) == [2, 0, 0, 0])
    }

    @Test("keeps of two about the same the one that reaches further, and of equals the one that says more")
    func reach() {
        func write(reach: Int64, _ more: String...) -> ScriptCall {
            ScriptCall(Writes.script, keys: ["{0}"], arguments: ["who"] + more, reach: reach)
        }
        let journal = Writes.journal(entries: 0)
        journal.add(write(reach: 2, "all", "of it"))
        // As when the first is repeated, and when an older one is, late.
        for repeated in [write(reach: 2, "all"), write(reach: 1, "all", "of", "it")] {
            journal.add(repeated)
            #expect(journal.entries.map(\.write.arguments) == [["who", "all", "of it"]])
        }
        #expect(journal.entries.map(\.number) == [3])
        #expect(status(journal) == [1, 0, 0, 0])
        journal.add(write(reach: 3))
        #expect(journal.entries.map(\.write.arguments) == [["who"]])
    }

    @Test("is not filled by one who repeats himself, nor is one lane by the other")
    func crowded() {
        let journal = Writes.journal(entries: 2, maximum: 2)
        for _ in 0..<1000 { journal.add(Writes.call(1)) }
        #expect(journal.writes == ["{0}", "{1}"])
        for number in 10..<20 { journal.add(Writes.call(number), lane: .sweep) }
        #expect(journal.writes == ["{0}", "{1}", "{18}", "{19}"])
        #expect(status(journal) == [4, 0, 0, 8])
    }

    @Test("does not take a confirmation of what has been dropped for one of what came later")
    func confirmationTooLate() {
        let journal = Writes.journal(entries: 2, maximum: 2)
        let seen = Set(journal.entries.map(\.number))
        journal.add(Writes.call(2))
        journal.confirm(seen)
        #expect(journal.writes == ["{1}", "{2}"])
        #expect(journal.unconfirmed.map(\.number) == [3])
        #expect(status(journal) == [1, 1, 0, 1])
    }

    @Test("counts what was applied again, and keeps it until it is confirmed")
    func replayed() {
        let journal = Writes.journal(entries: 2)
        journal.countReplayed(2)
        #expect(status(journal) == [2, 0, 2, 0])
    }

    @Test("loses nothing when many write, confirm and look at once")
    func concurrency() async {
        let journal = Writes.journal(entries: 0, maximum: 500)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<500 {
                        journal.add(Writes.call(task * 1000 + number))
                        if number % 50 == 0 { journal.confirm(Set(journal.entries.prefix(20).map(\.number))) }
                        #expect(journal.status.pending <= 500)
                    }
                }
            }
        }
        let status = journal.status
        #expect(status.pending + status.confirmed + status.dropped == 4000)
        let numbers = journal.entries.map(\.number)
        #expect(numbers == numbers.sorted())
        #expect(Set(numbers).count == status.pending)
    }
}

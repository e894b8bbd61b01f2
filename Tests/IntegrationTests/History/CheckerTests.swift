import Testing

@testable import SessionRepository

/// The checker under histories that nobody needs a server for.
@Suite("The history checker")
struct CheckerTests {
    private typealias Observation = History.Entry.Observation

    private let user: UserID
    private let id: SessionID
    private let grant: SupportAccessGrantID

    init() throws {
        user = try UserID("user-42")
        id = SessionID(for: user)
        grant = SupportAccessGrantID(for: try OrganizationID("acme"))
    }

    /// One after the other, each a second long, a second apart.
    private func history(_ observations: [Observation]) -> History {
        var history = History()
        var time = ContinuousClock.now
        for observation in observations {
            history.entries.append(.init(begin: time, end: time + .seconds(1), observation: observation))
            time += .seconds(2)
        }
        return history
    }

    private func check(_ observations: Observation...) -> Set<HistoryChecker.Violation> {
        HistoryChecker.check(history(observations))
    }

    @Test("A session, chain or grant that is found after its end was confirmed or seen came back")
    func comebacks() {
        #expect(check(.terminated(id), .authorized(id, isActive: true)) == [.cameBack(.session(id))])
        #expect(
            check(.created(id, user), .terminatedAll(user, count: 1), .listed(user, [id]))
                == [.cameBack(.session(id))])
        #expect(check(.created(id, user), .terminatedEveryone, .authorized(id, isActive: true)).count == 1)
        #expect(check(.terminated(id), .chain(id, isValid: true)) == [.cameBack(.chain(id))])
        #expect(
            check(.invalidated(id), .rotated(id, generation: 0, outcome: "rotated", successor: "x"))
                == [.cameBack(.chain(id))])
        #expect(check(.revoked(grant), .grant(grant, isInForce: true)) == [.cameBack(.grant(grant))])
        // An attempt whose answer was lost proves nothing until its effect was seen.
        #expect(check(.attempted(.session(id)), .authorized(id, isActive: true)).isEmpty)
        #expect(
            check(.attempted(.session(id)), .authorized(id, isActive: false), .authorized(id, isActive: true))
                == [.cameBack(.session(id))])
    }

    @Test("Sessions under a grant end with it")
    func underGrant() {
        var record = history([.created(id, user), .revoked(grant), .authorized(id, isActive: true)])
        record.grants = [id: grant]
        #expect(HistoryChecker.check(record) == [.cameBack(.session(id))])
        record.entries[1] = .init(
            begin: record.entries[1].begin, end: record.entries[1].end, observation: .attempted(.grant(grant)))
        #expect(HistoryChecker.check(record).isEmpty)
    }

    @Test("A grant that was revoked before everything was lost can be saved again, and sessions be opened under it")
    func grantAfterLoss() {
        var record = history([
            .revoked(grant), .forgot(.everything), .created(id, user), .authorized(id, isActive: true),
        ])
        record.grants = [id: grant]
        #expect(HistoryChecker.check(record).isEmpty)
    }

    @Test("A grant that a failover lost can be saved again; a session that survived it is good again, unless revoked")
    func grantAfterFailover() {
        func record(_ middle: Observation...) -> Set<HistoryChecker.Violation> {
            let looks: [Observation] = [.authorized(id, isActive: false), .authorized(id, isActive: true)]
            var record = history([.created(id, user), .forgot(.recentWrites)] + middle + looks)
            record.grants = [id: grant]
            return HistoryChecker.check(record)
        }
        #expect(record().isEmpty)
        #expect(record(.grant(grant, isInForce: false), .grant(grant, isInForce: true)).isEmpty)
        #expect(record(.revoked(grant)) == [.cameBack(.session(id))])
    }

    @Test("What ends without a cause is lost, unless data was")
    func losses() {
        #expect(check(.created(id, user), .authorized(id, isActive: false)) == [.lost(.session(id))])
        #expect(check(.created(id, user), .listed(user, [])) == [.lost(.session(id))])
        #expect(check(.chain(id, isValid: false)) == [.lost(.chain(id))])
        #expect(check(.grant(grant, isInForce: false)) == [.lost(.grant(grant))])
        #expect(check(.attempted(.session(id)), .authorized(id, isActive: false)).isEmpty)
        #expect(check(.attempted(.everyone), .created(id, user), .authorized(id, isActive: false)).isEmpty)
        for loss in [History.Entry.Loss.everything, .recentWrites] {
            #expect(check(.created(id, user), .forgot(loss), .authorized(id, isActive: false)).isEmpty)
        }
    }

    @Test("A session that was created while everything was lost may have been lost too, and one created later was not")
    func creationDuringLoss() {
        let wipe = Observation.forgot(.everything)
        for (delay, count) in [(Duration.milliseconds(500), 0), (.milliseconds(2500), 1)] {
            var record = history([wipe, .created(id, user), .terminatedEveryone, .chain(id, isValid: true)])
            let begin = record.entries[0].begin
            record.entries[1] = .init(
                begin: begin + delay, end: begin + .seconds(3), observation: record.entries[1].observation)
            #expect(HistoryChecker.check(record).count == count, "begun after \(delay)")
        }
    }

    @Test("When everything was lost, marks are gone but no session is active; after a failover not even a mark may be")
    func afterLoss() {
        #expect(
            check(.invalidated(id), .forgot(.everything), .chain(id, isValid: true)).isEmpty)
        #expect(check(.forgot(.everything), .invalidated(id), .chain(id, isValid: true)).count == 1)
        #expect(
            check(.created(id, user), .forgot(.everything), .terminatedEveryone, .chain(id, isValid: true)).isEmpty)
        let absent = Observation.grant(grant, isInForce: false)
        let present = Observation.grant(grant, isInForce: true)
        #expect(check(.forgot(.everything), absent, present).isEmpty)
        #expect(check(.forgot(.everything), .revoked(grant), absent, present) == [.cameBack(.grant(grant))])
        #expect(
            check(.terminated(id), .forgot(.everything), .authorized(id, isActive: true)) == [.cameBack(.session(id))])
        #expect(
            check(.terminated(id), .forgot(.recentWrites), .authorized(id, isActive: true))
                == [.cameBack(.session(id))])
        #expect(check(.revoked(grant), .forgot(.recentWrites), .grant(grant, isInForce: true)).count == 1)
        let valid = Observation.chain(id, isValid: true)
        #expect(check(.forgot(.recentWrites), .created(id, user), .terminatedAll(user, count: 1), valid).isEmpty)
        #expect(check(.created(id, user), .forgot(.recentWrites), .terminatedAll(user, count: 1), valid).count == 1)
        #expect(check(.forgot(.recentWrites), .created(id, user), .terminated(id), valid).count == 1)
        let invalid = Observation.chain(id, isValid: false)
        #expect(
            check(.forgot(.recentWrites), .created(id, user), .terminatedAll(user, count: 1), invalid, valid).isEmpty)
        #expect(
            check(.created(id, user), .forgot(.recentWrites), .attempted(.chain(id)), invalid, valid)
                == [.cameBack(.chain(id))])
    }

    @Test("What ends a user's sessions together need not have ended the chains of those that a failover took away")
    func bulkAndFailover() {
        func check(_ observations: Observation...) -> Set<HistoryChecker.Violation> {
            var record = history(observations)
            record.population = [user: [id]]
            return HistoryChecker.check(record)
        }
        let (nothing, all) = (Observation.terminatedAll(user, count: 0), Observation.terminatedAll(user, count: 1))
        let valid = Observation.chain(id, isValid: true)
        let loss = Observation.forgot(.recentWrites)
        let chainCameBack: Set<HistoryChecker.Violation> = [.cameBack(.chain(id))]
        #expect(check(loss, nothing, valid).isEmpty)
        #expect(check(loss, all, valid) == chainCameBack)
        #expect(check(loss, .authorized(id, isActive: true), nothing, valid) == chainCameBack)
        #expect(check(loss, .authorized(id, isActive: true), .terminatedEveryone, valid) == chainCameBack)
        #expect(check(loss, nothing, .authorized(id, isActive: true)).contains(.cameBack(.session(id))))
        #expect(check(all, loss, valid).isEmpty)
        #expect(check(all, valid, loss) == chainCameBack)
        #expect(check(all, loss, valid, .authorized(id, isActive: false), .stored(id)) == chainCameBack)
    }

    @Test("A token whose first rotation was not answered may be repeated at once, but has one successor")
    func rotations() {
        func rotated(_ outcome: String, _ successor: String?) -> Observation {
            .rotated(id, generation: 1, outcome: outcome, successor: successor)
        }
        #expect(check(rotated("repeated", "x")) == [.forked(id, generation: 1)])
        let unknown = Observation.attempted(.rotation(id, generation: 1))
        #expect(check(unknown, rotated("repeated", "x"), rotated("repeated", "x")).isEmpty)
        #expect(check(unknown, rotated("repeated", "x"), rotated("repeated", "y")) == [.forked(id, generation: 1)])
        #expect(check(rotated("rotated", "x"), rotated("rotated", "x")) == [.forked(id, generation: 1)])
        var record = history([rotated("repeated", "x"), rotated("repeated", "x")])
        record.connectionsBroke = true
        #expect(HistoryChecker.check(record).isEmpty)
        #expect(check(.terminated(id), rotated("invalidated", nil)).isEmpty)
        #expect(check(rotated("invalidated", nil)) == [.lost(.chain(id))])
    }

    @Test("What was heard through garbage proves nothing, but what was asked may have happened")
    func garbage() {
        var record = history([.created(id, user), .terminated(id), .authorized(id, isActive: true)])
        record.untrusted = [record.entries[1].begin...record.entries[1].end]
        #expect(HistoryChecker.check(record).isEmpty)
        record = history([
            .created(id, user), .terminated(id), .authorized(id, isActive: false), .authorized(id, isActive: true),
        ])
        record.untrusted = [record.entries[1].begin...record.entries[1].end]
        #expect(HistoryChecker.check(record) == [.cameBack(.session(id))])
    }

    @Test("A user's sessions that end together do so in a termination whose answer was lost, too")
    func together() {
        let other = SessionID(for: user)
        var record = history([.attempted(.sessions(of: user)), .listed(user, [id])])
        record.population = [user: [id, other]]
        #expect(HistoryChecker.check(record).contains(.partly(user)))
        record = history([.attempted(.sessions(of: user)), .listed(user, []), .terminatedAll(user, count: 2)])
        record.population = [user: [id, other]]
        #expect(HistoryChecker.check(record).isEmpty)
    }
}

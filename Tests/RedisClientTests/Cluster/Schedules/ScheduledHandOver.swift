import TestSupport

@testable import RedisClient

/// `ClusterRouter.hand` and `settle` between two points at which they wait.
final class ScheduledHandOver {
    enum Outcome: Equatable {
        case goesOn, done, failed
    }

    private enum Phase {
        case looking
        /// In settlement; these are to be applied.
        case applying([ClusterWorld.Write])
        case told
    }

    let slot: HashSlot
    let endpoint: RedisEndpoint
    /// Whether the slot is to be the master's in the end, as opposed to a writer that tells it what it wrote.
    private let assigns: Bool
    private var node: ScheduledNode?
    /// Up to which number the master has been told.
    private var settled: UInt64 = 0
    private var phase = Phase.looking

    init(_ slot: HashSlot, to endpoint: RedisEndpoint, assigns: Bool = true) {
        self.slot = slot
        self.endpoint = endpoint
        self.assigns = assigns
    }

    func step(_ schedule: ClusterSchedule) -> Outcome {
        switch phase {
        case .looking: look(schedule)
        case .applying(let writes): apply(writes, schedule)
        case .told: finish(schedule)
        }
    }

    private func look(_ schedule: ClusterSchedule) -> Outcome {
        if node == nil {
            guard let made = try? schedule.node(at: endpoint) else { return .failed }
            node = made
        }
        if assigns { settled = schedule.table.told(slot, to: endpoint) }
        let writes = schedule.world.entries(in: slot, after: settled)
        guard !writes.isEmpty else {
            phase = .told
            return .goesOn
        }
        guard schedule.table.beginSettlement(of: slot) else {
            schedule.seen["busy", default: 0] += 1
            return .failed
        }
        phase = .applying(writes)
        return .goesOn
    }

    private func apply(_ writes: [ClusterWorld.Write], _ schedule: ClusterSchedule) -> Outcome {
        let isLost = !schedule.isCalm && schedule.chance(5)
        guard let node, !node.isShutDown, schedule.world.owners[slot] == endpoint, !isLost else {
            schedule.seen["refused", default: 0] += 1
            if schedule.fault != .neverEndsSettlement { schedule.table.endSettlement(of: slot) }
            return .failed
        }
        schedule.logIn(node)
        schedule.world.held[slot, default: []].insert(writes[0].id)
        schedule.table.note(told: writes[0].number, of: slot, to: endpoint)
        settled = writes[0].number
        guard writes.count == 1 else {
            phase = .applying(Array(writes.dropFirst()))
            return .goesOn
        }
        schedule.table.endSettlement(of: slot)
        phase = .told
        return .goesOn
    }

    private func finish(_ schedule: ClusterSchedule) -> Outcome {
        guard assigns else { return .done }
        let former = schedule.table
        let hasMore = !schedule.world.entries(in: slot, after: settled).isEmpty
        let isEarly = schedule.fault == .finishesEarly
        switch schedule.table.finishHandOver(of: slot, to: endpoint, hasMore: hasMore && !isEarly) {
        case .goOn:
            schedule.seen["more", default: 0] += 1
            phase = .looking
            return .goesOn
        case .done(let loser):
            if let loser, schedule.fault != .forgetsLosers { loser.remembered = [] }
            schedule.checkChange(from: former)
            schedule.seen["handed", default: 0] += 1
            return .done
        }
    }
}

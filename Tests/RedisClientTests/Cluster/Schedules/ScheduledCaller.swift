import TestSupport

@testable import RedisClient

/// A caller of `ClusterRouter.execute`, between two points at which it waits.
final class ScheduledCaller {
    enum Kind {
        case read, write
    }

    private enum Phase {
        case choosing
        case asking(ScheduledNode)
        case handing(ScheduledHandOver)
        /// Done at the server, not noted yet.
        case written(id: Int, node: ScheduledNode, login: Int)
        /// Noted: the present master is told, if it is another one than at first.
        case noted(id: Int)
        case telling(ScheduledHandOver, id: Int)
    }

    let kind: Kind
    let slot: HashSlot
    /// What had returned before the call began.
    private let required: Set<Int>
    private let formerOwner: RedisEndpoint?
    private let formerMoves: Int
    private var phase = Phase.choosing

    var handOver: ScheduledHandOver? {
        switch phase {
        case .handing(let handOver), .telling(let handOver, _): handOver
        case .choosing, .asking, .written, .noted: nil
        }
    }

    init(_ kind: Kind, _ slot: HashSlot, _ schedule: ClusterSchedule) {
        self.kind = kind
        self.slot = slot
        required = schedule.world.returned[slot] ?? []
        formerOwner = schedule.table.map.owner(of: slot)
        formerMoves = schedule.world.moves[slot] ?? 0
    }

    func isAsking(_ endpoint: RedisEndpoint) -> Bool {
        if case .asking(let node) = phase { node.endpoint == endpoint } else { false }
    }

    /// - Returns: whether the caller has its answer.
    func step(_ schedule: ClusterSchedule) -> Bool {
        switch phase {
        case .choosing:
            choose(schedule)
        case .asking(let node):
            return ask(node, schedule)
        case .handing(let handOver):
            // Failed or not, the caller looks again where the slot is.
            if handOver.step(schedule) != .goesOn { phase = .choosing }
        case .written(let id, let node, let login):
            // A reply that had not been read when its connection broke is lost: the command is sent again.
            guard node.logins == login else {
                phase = .choosing
                return false
            }
            schedule.world.note(id, in: slot)
            // A command's time is over long before its slot has changed masters twice.
            if schedule.world.moves[slot] ?? 0 > formerMoves + 1 { return true }
            phase = .noted(id: id)
        case .noted(let id):
            guard let owner = schedule.table.map.owner(of: slot) else { return false }
            guard owner != formerOwner, schedule.fault != .trustsOldMaster else { return returns(id, schedule) }
            schedule.seen["told", default: 0] += 1
            phase = .telling(ScheduledHandOver(slot, to: owner, assigns: false), id: id)
        case .telling(let handOver, let id):
            switch handOver.step(schedule) {
            case .goesOn: break
            case .failed: phase = .noted(id: id)
            case .done: return returns(id, schedule)
            }
        }
        return false
    }

    private func choose(_ schedule: ClusterSchedule) {
        guard let endpoint = try? schedule.table.endpoint(of: slot), let node = try? schedule.node(at: endpoint) else {
            schedule.seen["noNode", default: 0] += 1
            return
        }
        phase = .asking(node)
    }

    private func ask(_ node: ScheduledNode, _ schedule: ClusterSchedule) -> Bool {
        guard !node.isShutDown else {
            phase = .choosing
            return false
        }
        schedule.logIn(node)
        guard let owner = schedule.world.owners[slot], owner == node.endpoint else {
            schedule.seen["redirected", default: 0] += 1
            phase = schedule.world.owners[slot].map { .handing(ScheduledHandOver(slot, to: $0)) } ?? .choosing
            return false
        }
        switch kind {
        case .read:
            let missing = required.subtracting(schedule.world.held[slot] ?? [])
            schedule.check(missing.isEmpty, "a master answers without \(missing.sorted())")
            if schedule.table.map.owner(of: slot) == owner { node.remembered.insert(slot) }
            schedule.seen["read", default: 0] += 1
            return true
        case .write:
            phase = .written(id: schedule.world.write(slot), node: node, login: node.logins)
            return false
        }
    }

    private func returns(_ id: Int, _ schedule: ClusterSchedule) -> Bool {
        guard schedule.world.moves[slot] ?? 0 <= formerMoves + 1 else { return true }
        schedule.seen["write", default: 0] += 1
        schedule.world.returned[slot, default: []].insert(id)
        return true
    }
}

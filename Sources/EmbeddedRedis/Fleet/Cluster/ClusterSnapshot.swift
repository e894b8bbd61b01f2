/// What the nodes of a cluster say of it and of themselves at about the same time.
struct ClusterSnapshot: Sendable {
    struct Report: Sendable {
        let view: ClusterView
        /// `cluster_state:ok`.
        let isOK: Bool
        /// Of a replica: connected to its master and in step.
        let followsMaster: Bool
    }

    /// By the ID of the node that reports; those that do not answer are missing.
    let reports: [String: Report]

    /// Who serves a slot: of those who claim it for themselves, the one with the latest claim.
    func owner(of slot: Int) -> String? {
        reports.values.compactMap(\.view.myself)
            .filter { $0.slots.contains { $0.contains(slot) } }
            .max { $0.epoch < $1.epoch }?.id
    }

    func isMaster(_ id: String) -> Bool {
        reports[id]?.view.myself?.flags.contains("master") ?? false
    }

    /// The replicas of a master, in their own view, that are in step with it or were when it failed.
    func replicas(of id: String) -> [String] {
        reports.filter { $0.value.view.myself?.masterID == id }.map(\.key).sorted()
    }
}

extension ClusterSnapshot {
    /// What keeps the cluster from being stable; `nil` when nothing does.
    ///
    /// - Parameter ids: the nodes that should be in good health.
    func obstacle(among ids: Set<String>) -> String? {
        guard ids.isSubset(of: reports.keys) else { return "not every node answers" }
        let reports = reports.filter { ids.contains($0.key) }
        guard reports.values.allSatisfy(\.isOK) else { return "not every node says cluster_state:ok" }
        let roles = reports.values.map { Self.roles(of: ids, in: $0.view) }
        guard let agreed = roles.first, roles.allSatisfy({ $0 == agreed }) else {
            return "the nodes do not agree on masters, replicas and slots"
        }
        guard agreed.count == ids.count else { return "some node is not known, or not well" }
        let covered = agreed.values.flatMap(\.slots).reduce(0) { $0 + $1.count }
        guard covered == EmbeddedCluster.slotCount else { return "only \(covered) slots are served" }
        for (id, role) in agreed {
            guard let masterID = role.masterID else { continue }
            guard ids.contains(masterID) else { return "a replica has no master" }
            guard reports[id]?.followsMaster == true else { return "a replica is not in step with its master" }
        }
        return nil
    }

    private struct Role: Equatable {
        let masterID: String?
        let slots: [ClosedRange<Int>]
    }

    private static func roles(of ids: Set<String>, in view: ClusterView) -> [String: Role] {
        let entries = view.entries.filter { ids.contains($0.id) && $0.isUsable }
        let roles = entries.map { ($0.id, Role(masterID: $0.masterID, slots: $0.slots)) }
        return Dictionary(roles) { first, _ in first }
    }
}

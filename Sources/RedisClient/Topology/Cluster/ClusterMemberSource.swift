import Synchronization

/// Any node of a cluster that the others count among them; in another order each time. For who listens to what the whole
/// cluster publishes.
struct ClusterMemberSource: AddressSource {
    let description: String
    let router: ClusterRouter

    var wantsMaster: Bool { false }

    /// `ClusterFreshness` sees to it that the connection follows the cluster.
    var isName: Bool { false }

    func immediate() -> [RedisAddress]? { nil }

    func locate(_ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void) {
        Task {
            if router.members.isEmpty {
                await router.refresh()
            } else {
                // A connection has been lost: perhaps the node has left.
                router.requestRefresh()
            }
            let members = router.members
            guard !members.isEmpty else {
                let unknown = RedisError.unavailable(reason: "no node of the cluster can be reached")
                return deliver(.failure(router.table.withLock(\.failure) ?? unknown))
            }
            AddressResolver.onOwnThread(
                Array(members.shuffled().prefix(ClusterSurvey.maximumConnected)), by: router.configuration.resolve,
                deliver)
        }
    }
}

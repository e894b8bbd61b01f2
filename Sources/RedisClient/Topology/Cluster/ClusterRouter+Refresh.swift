import Synchronization

/// How the map is kept up to date.
extension ClusterRouter {
    /// Asks now. `requestRefresh` does so not too often, and one at a time.
    func refresh() async {
        guard !isClosed else { return }
        let outcome = await ClusterQuery(router: self).ask()
        let former = table.withLock(\.map)
        guard let map = ClusterMap(outcome.views, remembering: former, for: configuration.clusterRefreshInterval * 3)
        else {
            let unknown = RedisError.unavailable(reason: "no node of the cluster is known")
            tidyInformants()
            if !Task.isCancelled { table.withLock { $0.note(.explanation(of: outcome.failures) ?? unknown) } }
            return
        }
        await install(map)
        freshness.leaveNodes(unlessAmong: map.members)
        freshness.keep(every: configuration.clusterRefreshInterval) { [weak self] in
            guard let self, !isClosed else { return false }
            requestRefresh()
            return true
        }
    }

    /// The nodes that hear what is published anywhere in the cluster, as far as is known.
    var members: Set<RedisEndpoint> { table.withLock(\.map.members) }
}

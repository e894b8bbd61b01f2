/// A private Redis Cluster for one process: for tests and for the demonstration.
///
/// Its nodes are embedded servers, so they die with this process and with the last reference to the cluster.
package final class EmbeddedCluster: Sendable {
    /// First the masters, then their replicas, as they were at the start.
    package let nodes: [FleetServer]
    /// The cluster's names for the nodes, in their order.
    let ids: [String]
    let options: EmbeddedClusterOptions

    init(nodes: [FleetServer], ids: [String], options: EmbeddedClusterOptions) {
        self.nodes = nodes
        self.ids = ids
        self.options = options
    }

    /// Starts a cluster and returns once every node agrees that all slots are served and every replica is in step.
    package static func start(
        _ options: EmbeddedClusterOptions = EmbeddedClusterOptions()
    ) async throws(EmbeddedRedisError) -> EmbeddedCluster {
        let count = options.masters * (1 + options.replicasPerMaster)
        let nodes = try await startServers(Array(repeating: options.nodeOptions, count: count))
        do throws(EmbeddedRedisError) {
            return try await form(nodes, options)
        } catch {
            await stopServers(nodes)
            throw error
        }
    }

    /// Ends the servers and removes their directories. Calling it again does nothing.
    package func stop() async {
        await stopServers(nodes)
    }

    /// All nodes, for a client. Holds the password.
    package var url: String {
        let addresses = nodes.map(\.address).joined(separator: ",")
        return "redis+cluster://\(options.nodeOptions.userInformation)\(addresses)"
    }
}

extension EmbeddedCluster {
    /// The cluster's name for a node of it.
    package func id(of node: FleetServer) throws(EmbeddedRedisError) -> String {
        guard let position = nodes.firstIndex(of: node) else { throw .systemError("\(node) is not of this cluster") }
        return ids[position]
    }

    /// The node of that name.
    package func node(id: String) throws(EmbeddedRedisError) -> FleetServer {
        guard let position = ids.firstIndex(of: id) else { throw .systemError("no node has the ID \(id)") }
        return nodes[position]
    }
}

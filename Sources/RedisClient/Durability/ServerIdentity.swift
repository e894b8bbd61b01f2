/// Which history of writes a connection is at: one process of a server, as long as it replicates one stream. A server
/// that was started again, promoted, or synchronized with another master has another one, and may lack what was
/// acknowledged before.
package struct ServerIdentity: Hashable, Sendable {
    let runID: String
    let replicationID: String
    /// How many replicas were connected when it was asked. No part of the identity.
    let replicas: Int

    /// Reads the answer to INFO; `nil` when it does not tell.
    init?(info: String) {
        let values = ServerInfo.values(of: ["run_id", "master_replid", "connected_slaves"], in: info)
        guard let runID = values["run_id"], let replicationID = values["master_replid"] else { return nil }
        self.runID = String(runID)
        self.replicationID = String(replicationID)
        replicas = values["connected_slaves"].flatMap { Int($0) } ?? 0
    }

    /// Whether what is published there is not heard here: another server, and no replica of it.
    func isElsewhere(than other: ServerIdentity) -> Bool {
        runID != other.runID && replicationID != other.replicationID
    }

    package static func == (left: ServerIdentity, right: ServerIdentity) -> Bool {
        left.runID == right.runID && left.replicationID == right.replicationID
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(runID)
        hasher.combine(replicationID)
    }
}

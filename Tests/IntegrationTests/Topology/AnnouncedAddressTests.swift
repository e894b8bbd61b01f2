import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

extension FaultTests {
    @Suite("Addresses that cluster nodes announce")
    struct AnnouncedAddressTests {
        @Test("are translated by the address map: everything goes where it says")
        func addressMap() async throws {
            let cluster = try await SharedFleets.cluster.value
            let ways = try cluster.nodes.map { try FaultProxy(to: .tcp(host: "127.0.0.1", port: UInt16($0.port))) }
            let map = Dictionary(
                uniqueKeysWithValues: zip(cluster.nodes, ways).map { ("127.0.0.1:\($0.port)", "127.0.0.1:\($1.port)") })
            let server = try RedisServer(cluster: [("127.0.0.1", Int(ways[0].port))])
            try await withRepository(
                at: server,
                configure: {
                    $0.addressMap = map
                    $0.clientName = "mapped"
                }
            ) { repository in
                for master in await cluster.masters() {
                    let user = try UserID(await cluster.owner("user", on: master))
                    let session = try await repository.createSession(NewSession(userID: user, ticket: .none)).session
                    #expect(try await repository.authorize(session.id) == .active(session))
                    let position = try #require(cluster.nodes.firstIndex(of: master))
                    #expect(ways[position].connections > 0)
                    try await eventually("no connection goes past the proxy") {
                        try await master.clients(named: "mapped") <= ways[position].connections
                    }
                }
            }
            for way in ways { await way.stop() }
        }

        @Test("that have no name, where names are preferred, are replaced by the address beside them")
        func withoutName() async throws {
            try await withCluster { store, cluster in
                for node in cluster.nodes {
                    let reply = try await node.send("CONFIG", "SET", "cluster-preferred-endpoint-type", "hostname")
                    // Servers before Redis 7 know no names.
                    if case .error = reply { return }
                }
                let slots = try await cluster.nodes[0].send("CLUSTER", "SLOTS").array
                #expect(slots.first?.array[2].array.first?.string == "?")
                // A new process, which has not known the nodes before.
                try await withRepository(at: store.server, configure: { $0.keyPrefix = store.prefix }) { repository in
                    for master in await cluster.masters() {
                        let user = try UserID(await cluster.owner("user", on: master))
                        let session = try await repository.createSession(NewSession(userID: user, ticket: .none))
                            .session
                        #expect(try await repository.authorize(session.id) == .active(session))
                    }
                    // MOVED names no host either.
                    let master = try #require(await cluster.masters().first)
                    let user = try UserID(await cluster.owner("moved", on: master))
                    let session = try await repository.createSession(NewSession(userID: user, ticket: .none)).session
                    _ = try await cluster.failover(of: master)
                    #expect(try await repository.authorize(session.id) == .active(session))
                }
            }
        }
    }
}

@testable import RedisClient

/// The servers of a tracking schedule and what they would tell: the truth that the machine is compared with.
struct TrackingWorld {
    struct Server {
        var run: String
        /// Small numbers, so that the same number means a client at each server.
        var clients: Set<Int64> = [1, 2, 3]
        var lastClient: Int64 = 3
        /// By reading client: the client that is told of changes to what it read.
        var redirections: [Int64: Int64] = [:]
        var permitsTracking = true
        var tellsIdentity = true
    }

    /// An open connection, as the network has it.
    struct Link {
        let server: Int
        let client: Int64
        let isIdentified: Bool
        /// Nothing arrives on it since then, though neither end has been closed here.
        var silentSince: MonotonicTime?
    }

    var servers = [Server(run: "a1"), Server(run: "b1")]
    var reading: Link?
    var listening: Link?

    mutating func connect(to server: Int) -> Link {
        servers[server].lastClient += 1
        let client = servers[server].lastClient
        servers[server].clients.insert(client)
        return Link(server: server, client: client, isIdentified: servers[server].tellsIdentity)
    }

    mutating func close(_ link: Link) {
        servers[link.server].clients.remove(link.client)
        servers[link.server].redirections[link.client] = nil
    }

    /// A new process: it knows no client and tracks nothing.
    mutating func restart(_ server: Int) {
        let run = servers[server].run
        let number = Int(run.dropFirst()) ?? 0
        servers[server] = Server(run: "\(run.prefix(1))\(number + 1)")
    }

    /// What the server makes of `CLIENT TRACKING ON REDIRECT`.
    mutating func redirect(_ link: Link, to client: Int64) -> RedisError? {
        guard servers[link.server].permitsTracking else { return .server(code: "NOPERM", message: "no") }
        guard servers[link.server].clients.contains(client) else {
            return .server(code: "ERR", message: "The client ID you want redirect to does not exist")
        }
        servers[link.server].redirections[link.client] = client
        return nil
    }

    /// Whether the server would send a change, made now, of something that was read on the reading connection, to the
    /// listening connection.
    var isTold: Bool {
        guard let reading, let listening, reading.server == listening.server else { return false }
        let server = servers[reading.server]
        return server.redirections[reading.client] == listening.client && server.clients.contains(listening.client)
    }
}

import Synchronization

/// Ports of 127.0.0.1 for servers.
///
/// They lie below the range from which Linux and macOS take the ports of outgoing connections. Otherwise a client that
/// keeps connecting to the port of a killed server could at last be connected to itself, and the server could not come
/// back to it.
enum LoopbackPort {
    /// How far a cluster node's bus is from its port.
    static let busDistance = 10_000

    private static let range = 10_000..<20_000
    private static let given = Mutex<Set<Int>>([])

    /// A port that was free a moment ago, as was that of the cluster bus, and that this process has not been given
    /// before.
    static func free() throws(EmbeddedRedisError) -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            if LocalSocket.canListen(on: port), LocalSocket.canListen(on: port + busDistance) { return port }
        }
        throw .systemError("no port of 127.0.0.1 between \(range.lowerBound) and \(range.upperBound) is free")
    }
}

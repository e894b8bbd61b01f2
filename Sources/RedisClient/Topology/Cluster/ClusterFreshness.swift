import Synchronization

/// Sees to it that a cluster's map is renewed also when nothing goes wrong, and that who listens leaves a node that the
/// others no longer count among them.
final class ClusterFreshness: Sendable {
    private struct Listener {
        weak var connection: RedisConnection?
    }

    private struct State {
        var listeners: [Listener] = []
        var timer: Task<Void, Never>?
    }

    private let state = Mutex(State())

    deinit { stop() }

    // MARK: The map

    /// Calls `refresh` again and again until it returns `false`. Processes that began together do not go on together.
    func keep(every interval: Duration, refresh: @escaping @Sendable () -> Bool) {
        state.withLock { state in
            guard state.timer == nil else { return }
            state.timer = Task {
                repeat {
                    let pause = interval * Double.random(in: 0.75...1.25)
                    guard (try? await Task.sleep(for: pause)) != nil else { return }
                } while refresh()
            }
        }
    }

    func stop() {
        state.withLock { $0.timer.take() }?.cancel()
    }

    // MARK: Listeners

    /// Follows the members of the cluster as long as there is anybody else who holds the connection.
    func add(_ listener: RedisConnection) {
        state.withLock { state in
            state.listeners.removeAll { $0.connection == nil }
            state.listeners.append(Listener(connection: listener))
        }
    }

    func leaveNodes(unlessAmong members: Set<RedisEndpoint>) {
        guard !members.isEmpty else { return }
        for connection in state.withLock({ $0.listeners.compactMap(\.connection) }) {
            guard case .numeric(_, let port, let name)? = connection.place,
                !members.contains(.tcp(host: name, port: port))
            else { continue }
            connection.relocate("the node has left the cluster, or is cut off from it")
        }
    }
}

import Logging
import RedisClient
import Synchronization

extension RedisSessionRepository {
    /// Whether servers tell of changes, as the near cache needs: tried on connections made for it, in the same way, and for
    /// no longer than one command may take.
    func tracking() async -> HealthCheck {
        let probes = TrackingProbes()
        var settings = client.configuration
        settings.journal = nil
        settings.roleCheckInterval = nil
        settings.acceptsReplicas = true
        settings.tracking = { probes.make() }
        let silence = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        guard let trial = try? RedisClient(configuration: settings, logger: silence) else {
            return .tracking(problem: "no connection could be made", rules: nil)
        }
        let check = await examine(trial, probes)
        await trial.shutdown()
        return check
    }

    private func examine(_ trial: RedisClient, _ probes: TrackingProbes) async -> HealthCheck {
        let user = client.configuration.username ?? "default"
        let rules = HealthCheck.permit(
            user,
            "+client|id +client|tracking +info +ping +pttl +subscribe +unsubscribe &\(TrackingProbes.channel)")
        do throws(RedisError) {
            for server in try await trial.partitions() {
                for words in [["CLIENT", "ID"], ["CLIENT", "TRACKING", "OFF"], ["INFO", "server"]] {
                    do throws(RedisError) {
                        try await server.execute(RedisCommand(words)) { _ in }
                    } catch .server(let code, let message) {
                        let command = words.joined(separator: " ")
                        return .tracking(problem: "\(command): \(code) \(message)", rules: rules)
                    }
                }
            }
        } catch {
            return .tracking(problem: "the servers could not be asked", rules: nil)
        }
        let deadline = MonotonicTime.now() + commandTimeout
        while !probes.areAllCurrent {
            guard MonotonicTime.now() < deadline, (try? await Task.sleep(for: .milliseconds(10))) != nil else {
                return .tracking(problem: "the server did not begin to tell of changes in time", rules: rules)
            }
        }
        return HealthCheck(name: "tracking", status: .ok, detail: "changes are told of, as the near cache needs it")
    }
}

extension HealthCheck {
    fileprivate static func tracking(problem: String, rules: String?) -> HealthCheck {
        HealthCheck(
            name: "tracking", status: .warn,
            detail: "a near cache would ask Redis each time (\(problem)); unless there is to be none: "
                + (rules ?? "see that the servers can be reached"))
    }
}

/// One for each server that is connected to.
private final class TrackingProbes: Sendable {
    static let channel = "__redis__:invalidate"

    private let probes = Mutex<[Probe]>([])

    var areAllCurrent: Bool { probes.withLock { $0.allSatisfy(\.isCurrent) } }

    func make() -> any RedisChangeListener {
        let probe = Probe()
        probes.withLock { $0.append(probe) }
        return probe
    }

    final class Probe: RedisChangeListener {
        private let current = Atomic(false)
        var isCurrent: Bool { current.load(ordering: .relaxed) }
        func confirmed(until moment: MonotonicTime) {}
        func becomeCurrent() { current.store(true, ordering: .relaxed) }
        func loseCurrency() { current.store(false, ordering: .relaxed) }
        func changed(_ key: UnsafeRawBufferPointer) {}
        func everythingChanged() {}
    }
}

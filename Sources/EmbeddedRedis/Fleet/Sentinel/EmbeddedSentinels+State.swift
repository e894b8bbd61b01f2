extension EmbeddedSentinels {
    /// The master according to most of the Sentinels that answer.
    package func master() async throws(EmbeddedRedisError) -> FleetServer {
        let ports = await reports().compactMap(\.masterPort)
        let votes = Dictionary(ports.map { ($0, 1) }, uniquingKeysWith: +)
        guard let port = votes.max(by: { $0.value < $1.value })?.key else {
            throw .systemError("no Sentinel answers")
        }
        return try server(port: port)
    }

    /// Returns the master once all running Sentinels agree on it and it is one.
    ///
    /// - Parameters:
    ///   - former: the one that must have been replaced.
    ///   - absent: Sentinels whose process exists but that are not expected to take part, because a signal has stopped
    ///     them.
    package func waitForMaster(
        otherThan former: FleetServer? = nil, without absent: [FleetServer] = [],
        within limit: Duration = .seconds(60)
    ) async throws(EmbeddedRedisError) -> FleetServer {
        try await waiting(within: limit, orElse: "no master is agreed on") { () throws(EmbeddedRedisError) in
            let reports = await reports(without: absent)
            let expected = sentinels.count { $0.isRunning && !absent.contains($0) }
            guard reports.count == expected, let port = reports.first?.masterPort else {
                return .waiting(for: "not every Sentinel answers")
            }
            guard reports.allSatisfy({ $0.masterPort == port && $0.masterFlags == "master" }) else {
                return .waiting(for: "the Sentinels name different masters, or take the master for down")
            }
            let master = try server(port: port)
            guard master != former else { return .waiting(for: "the master is still \(master)") }
            let role = try? await master.info("replication", "role", limit: .seconds(1))
            guard role == "master" else { return .waiting(for: "\(master) is not a master yet") }
            return .done(master)
        }
    }

    /// Returns the master once, besides, all running Sentinels know each other and find every running server in step.
    ///
    /// - Parameter absent: servers and Sentinels whose process exists but that are not expected to take part, because a signal has
    ///   stopped them.
    @discardableResult
    package func waitUntilStable(
        without absent: [FleetServer] = [], within limit: Duration = .seconds(60)
    ) async throws(EmbeddedRedisError) -> FleetServer {
        let deadline = ContinuousClock.now + limit
        return try await waiting(within: limit, orElse: "no stable group") { () throws(EmbeddedRedisError) in
            let master = try await waitForMaster(without: absent, within: deadline - .now)
            let reports = await reports(without: absent)
            let replicas = Set(servers.filter { $0.isRunning && $0 != master && !absent.contains($0) }.map(\.port))
            guard reports.allSatisfy({ $0.otherSentinels == sentinels.count - 1 }) else {
                return .waiting(for: "the Sentinels do not know each other")
            }
            guard reports.allSatisfy({ $0.goodReplicas.isSuperset(of: replicas) }) else {
                return .waiting(for: "some Sentinel does not find every replica in step")
            }
            return .done(master)
        }
    }

    private func reports(without absent: [FleetServer] = []) async -> [SentinelReport] {
        let running = sentinels.filter { $0.isRunning && !absent.contains($0) }
        return await concurrently(running) { [name = options.masterName] sentinel throws(EmbeddedRedisError) in
            try await SentinelReport(asking: sentinel, about: name)
        }.compactMap { try? $0.get() }
    }

    private func server(port: Int) throws(EmbeddedRedisError) -> FleetServer {
        guard let server = servers.first(where: { $0.port == port }) else {
            throw .systemError("the Sentinels name a master that is not of this group")
        }
        return server
    }
}

extension EmbeddedSentinels {
    /// Has the Sentinels put a replica in the master's place, and returns the new master once they agree on it.
    package func failover() async throws(EmbeddedRedisError) -> FleetServer {
        let former = try await master()
        guard let sentinel = sentinels.first(where: \.isRunning) else { throw .systemError("no Sentinel runs") }
        return try await waiting(within: .seconds(60), orElse: "no failover") { () throws(EmbeddedRedisError) in
            // Refused while no replica is known to be good, or while another one is under way, such as our own: a
            // Sentinel may give up, and then we order it again.
            let answer = try await sentinel.send("SENTINEL", "FAILOVER", options.masterName)
            do throws(EmbeddedRedisError) {
                return .done(try await waitForMaster(otherThan: former, within: options.failoverTimeout))
            } catch .notInTime(let reason) {
                return .waiting(for: "\(answer), \(reason)")
            }
        }
    }
}

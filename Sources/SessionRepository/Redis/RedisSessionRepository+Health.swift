import Foundation
import RedisClient

extension RedisSessionRepository {
    /// Reads only, and a bounded number of times. What the user may not read is a finding of its own.
    /// - Parameter now: this machine's clock.
    func examine(now: () -> Date = { Date() }) async throws(SessionRepositoryError) -> [HealthCheck] {
        let configuration = client.configuration
        let transports = configuration.topology.endpoints.map {
            HealthCheck.transport(to: $0, isEncrypted: configuration.tls != nil)
        }
        var found = [transports.max { $0.status < $1.status }, HealthCheck.data(storeCondition)].compactMap(\.self)
        let doctor = try observer(of: configuration)
        let findings: [HealthCheck]
        do throws(SessionRepositoryError) {
            findings = try await self.findings(by: doctor, now: now)
        } catch {
            await doctor.shutdown()
            guard let check = HealthCheck.connection(refused: error) else { throw error }
            return found + [check]
        }
        await doctor.shutdown()
        found += findings
        // Each makes connections of its own.
        async let defaultUser = defaultUser()
        async let tracking = tracking()
        found += await [defaultUser, tracking]
        if client.journal != nil { found.append(.journal(client.heldWrites)) }
        return found
    }

    /// The doctor's client accepts replicas, so that it can examine them.
    private func observer(of configuration: RedisClientConfiguration) throws(SessionRepositoryError) -> RedisClient {
        var settings = configuration
        settings.roleCheckInterval = nil
        settings.acceptsReplicas = true
        settings.tracking = nil
        settings.journal = nil
        do {
            return try RedisClient(configuration: settings, logger: logger)
        } catch {
            throw SessionRepositoryError(error, key: "")
        }
    }

    private func findings(
        by doctor: RedisClient, now: () -> Date
    ) async throws(SessionRepositoryError) -> [HealthCheck] {
        var found: [HealthCheck] = []
        let servers = try await partitions(of: doctor)
        for server in servers {
            try await reach(server)
            let health = try await health(of: server)
            let checks =
                try await health.checks + [role(of: server, health)] + permissions(at: server)
                + [clock(of: server, now: now)]
            for check in checks {
                let check = servers.count == 1 ? check : check.of(server.place)
                if let position = found.firstIndex(where: { $0.name == check.name }) {
                    if found[position].status < check.status { found[position] = check }
                } else {
                    found.append(check)
                }
            }
        }
        if servers.count > 1 { found.append(await clocks(of: servers)) }
        found.append(try await expiries(at: servers))
        return found
    }

    /// Tells a server that refuses the connection from one that refuses a command. Each connection has proved that it may
    /// use this one.
    private func reach(_ server: RedisPartition) async throws(SessionRepositoryError) {
        do {
            try await server.execute(RedisCommand("ECHO", "doctor")) { _ in }
        } catch {
            throw SessionRepositoryError(error, key: "ECHO")
        }
    }

    private func health(of server: RedisPartition) async throws(SessionRepositoryError) -> ServerHealth {
        var text: String?
        do throws(RedisError) {
            text = try await server.execute(RedisCommand("INFO")) { $0.string }
        } catch .server(let code, _) where !RedisError.server(code: code, message: "").passesByItself {
            // Not permitted, or not known: each check says what it misses.
        } catch {
            throw SessionRepositoryError(error, key: "INFO")
        }
        let settings = await withTaskGroup(of: (String, String?).self) { group in
            for name in ServerHealth.wantedSettings {
                group.addTask {
                    // Managed services and access rules may hide it.
                    let value = try? await server.execute(RedisCommand("CONFIG", "GET", name)) { $0[1].string }
                    return (name, value ?? nil)
                }
            }
            return await group.reduce(into: [String: String]()) { $0[$1.0] = $1.1 }
        }
        let isAlone = if case .server = client.configuration.topology { true } else { false }
        return ServerHealth(
            info: ServerHealth.fields(ofInfo: text ?? ""), settings: settings, hasSuccessor: !isAlone,
            refusesWrites: await refusesWrites(server))
    }

    /// A server that cannot save its data answers each PING with MISCONF; no right is needed to learn that.
    private func refusesWrites(_ server: RedisPartition) async -> Bool {
        do throws(RedisError) {
            try await server.execute(RedisCommand("PING")) { _ in }
            return false
        } catch .server(code: "MISCONF", _) {
            return true
        } catch {
            return false
        }
    }

    private func role(of server: RedisPartition, _ health: ServerHealth) async -> HealthCheck {
        var role = health.info["role"]
        if role == nil {
            let answer = try? await server.execute(RedisCommand("ROLE")) { $0[0].string }
            role = answer ?? nil
        }
        return .role(role, isChecked: client.configuration.roleCheckInterval != nil)
    }

    private func clock(of server: RedisPartition, now: () -> Date) async -> HealthCheck {
        let asked = now()
        let time = try? await server.execute(RedisCommand("TIME"), decode: Self.milliseconds)
        guard let time else {
            return HealthCheck(name: "clock", status: .warn, detail: "the server's clock cannot be read; permit TIME")
        }
        return .clock(server: time, asked: asked, answered: now())
    }

    private func clocks(of servers: [RedisPartition]) async -> HealthCheck {
        var clocks: [Int64] = []
        let began = MonotonicTime.now()
        for server in servers {
            let time = try? await server.execute(RedisCommand("TIME"), decode: Self.milliseconds)
            if let time { clocks.append(time) }
        }
        return .clocks(clocks, asking: MonotonicTime.now().duration(since: began).wholeMilliseconds)
    }
}

extension HealthCheck {
    /// Where the server is there and refuses what each connection begins with: another kind of server than the URL says, a
    /// database that there is not, a command that is not known. Wrong credentials are no finding about the server.
    fileprivate static func connection(refused error: SessionRepositoryError) -> HealthCheck? {
        guard case .storeRefused(let code, _) = error, !["WRONGPASS", "NOAUTH", "DENIED"].contains(code) else {
            return nil
        }
        return HealthCheck(name: "connection", status: .fail, detail: "\(error)")
    }

    fileprivate func of(_ place: String) -> HealthCheck {
        HealthCheck(name: name, status: status, detail: "\(place): \(detail)")
    }
}

extension HealthCheck.Status: Comparable {
    private var gravity: Int {
        switch self {
        case .ok: 0
        case .warn: 1
        case .fail: 2
        }
    }

    /// By gravity.
    public static func < (left: Self, right: Self) -> Bool { left.gravity < right.gravity }
}

import RedisClient

extension RedisSessionRepository {
    func examine() async throws(SessionRepositoryError) -> [HealthCheck] {
        let configuration = client.configuration
        let transports = configuration.topology.endpoints.map {
            HealthCheck.transport(to: $0, isEncrypted: configuration.tls != nil)
        }
        var found = [transports.max { $0.status < $1.status }].compactMap(\.self)
        let servers = try await partitions()
        for server in servers {
            for check in try await health(of: server).checks {
                let check = servers.count == 1 ? check : check.of(server.place)
                if let position = found.firstIndex(where: { $0.name == check.name }) {
                    if found[position].status < check.status { found[position] = check }
                } else {
                    found.append(check)
                }
            }
        }
        if servers.count > 1 { found.append(try await clocks(of: servers)) }
        return found
    }

    private func health(of server: RedisPartition) async throws(SessionRepositoryError) -> ServerHealth {
        let text: String?
        do {
            text = try await server.execute(RedisCommand("INFO")) { $0.string }
        } catch {
            throw SessionRepositoryError(error, key: "INFO")
        }
        var settings: [String: String] = [:]
        for name in ServerHealth.wantedSettings {
            // Managed services and access rules may hide it.
            let value = try? await server.execute(RedisCommand("CONFIG", "GET", name)) { $0[1].string }
            settings[name] = value ?? nil
        }
        let isAlone = if case .server = client.configuration.topology { true } else { false }
        return ServerHealth(
            info: ServerHealth.fields(ofInfo: text ?? ""), settings: settings, hasSuccessor: !isAlone)
    }

    /// Expiry, bulk termination and the order of logins go by the masters' clocks.
    private func clocks(of servers: [RedisPartition]) async throws(SessionRepositoryError) -> HealthCheck {
        var clocks: [Int64] = []
        let began = MonotonicTime.now()
        for server in servers {
            let time = try? await server.execute(RedisCommand("TIME"), decode: Self.milliseconds)
            if let time = time ?? nil { clocks.append(time) }
        }
        let asking = MonotonicTime.now().duration(since: began).wholeMilliseconds
        let spread = max(0, (clocks.max() ?? 0) - (clocks.min() ?? 0) - asking)
        guard spread <= 500 else {
            return HealthCheck(
                name: "clocks", status: .warn,
                detail: "the masters' clocks are \(spread) ms apart: let NTP keep them together")
        }
        return HealthCheck(name: "clocks", status: .ok, detail: "the masters' clocks agree")
    }
}

extension HealthCheck {
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

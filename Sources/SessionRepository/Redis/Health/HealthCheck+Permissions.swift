import RedisClient

extension RedisSessionRepository {
    /// What the user may do at this server, which of it the server knows, and whether scripts run, without doing any of it.
    func permissions(at server: RedisPartition) async throws(SessionRepositoryError) -> [HealthCheck] {
        let wanted = Array(Set(PermissionNeed.all.flatMap(\.permissions)))
        let lines = wanted.map { $0.words(keys).joined(separator: "\n") }
        do throws(RedisError) {
            // Run by its text: what a script may do is asked even where no digest is known.
            let refused = try await server.execute(RedisCommand(["EVAL", Self.question, "0"] + lines)) { reply in
                (0..<(reply.count ?? 0)).compactMap { reply[$0].integer }
            }
            guard refused != [0] else {
                return [
                    .scriptsRun,
                    HealthCheck(
                        name: "permissions", status: .ok,
                        detail: "scripts may run; what else is permitted is told by Redis 7 only"),
                ]
            }
            // From one on; those that the server does not know below zero.
            func permissions(_ numbers: [Int64]) -> Set<Permission> {
                Set(numbers.compactMap { wanted.indices.contains(Int($0) - 1) ? wanted[Int($0) - 1] : nil })
            }
            return [
                .scriptsRun, .commands(unknown: permissions(refused.filter { $0 < 0 }.map { -$0 })),
                .permissions(missing: permissions(refused.filter { $0 > 0 }), user: user, keys: keys),
            ]
        } catch .server(code: "NOPERM", _) {
            return try await permissionsToLook(at: server)
        } catch {
            guard case .server(let code, let message) = error, !error.passesByItself else {
                throw SessionRepositoryError(error, key: "EVAL")
            }
            return [.scriptsRefused("\(code) \(message)")] + (try await permissionsToLook(at: server))
        }
    }

    private var user: String { client.configuration.username ?? "default" }

    /// Without scripts nothing can be changed. Which lookups remain is tried on keys that nobody has.
    private func permissionsToLook(at server: RedisPartition) async throws(SessionRepositoryError) -> [HealthCheck] {
        var missing = Set(PermissionNeed.all.flatMap(\.permissions))
        var unknown: Set<Permission> = []
        let lookups = PermissionNeed.all.filter { HealthCheck.lookups.contains($0.operation) }
        for permission in lookups.flatMap(\.permissions) where permission.command != "EVALSHA" {
            do throws(RedisError) {
                try await server.execute(RedisCommand(permission.words(keys))) { _ in }
                missing.remove(permission)
            } catch .server(code: "NOPERM", _) {
                continue
            } catch .server(code: "ERR", let message) where message.hasPrefix("unknown command") {
                missing.remove(permission)
                unknown.insert(permission)
            } catch .server {
                missing.remove(permission)
            } catch {
                throw SessionRepositoryError(error, key: permission.command)
            }
        }
        return [.commands(unknown: unknown), .permissions(missing: missing, user: user, keys: keys)]
    }

    /// Answers with the numbers of the commands that are not permitted, below zero where the server does not know them; {0}
    /// where it cannot tell.
    private static let question = """
        if not redis.acl_check_cmd then return {0} end
        local refused = {}
        for number, line in ipairs(ARGV) do
          local words = {}
          for word in line:gmatch('[^\\n]+') do words[#words + 1] = word end
          local isKnown, isPermitted = pcall(redis.acl_check_cmd, unpack(words))
          if not isKnown then
            refused[#refused + 1] = -number
          elseif not isPermitted then
            refused[#refused + 1] = number
          end
        end
        return refused
        """
}

extension HealthCheck {
    fileprivate static let scriptsRun = HealthCheck(name: "scripting", status: .ok, detail: "scripts run")

    fileprivate static func scriptsRefused(_ answer: String) -> HealthCheck {
        HealthCheck(
            name: "scripting", status: .fail,
            detail:
                "the server runs no scripts (\(answer.prefix(200))): nothing can be created or ended; switch Lua on, and "
                + "leave EVAL and EVALSHA their names")
    }

    /// Such as those that rename-command in redis.conf took away.
    fileprivate static func commands(unknown: Set<Permission>) -> HealthCheck {
        guard !unknown.isEmpty else {
            return HealthCheck(
                name: "commands", status: .ok, detail: "the server knows all commands that could be asked about")
        }
        let operations = Set(PermissionNeed.all.filter { !unknown.isDisjoint(with: $0.permissions) }.map(\.operation))
        let isBearable = operations.isSubset(of: [.events, .terminateAllSessions, .deleteExpiredSupportAccessGrants])
        let names = Set(unknown.map(\.command)).sorted().joined(separator: ", ")
        let affected = RepositoryOperation.allCases.filter(operations.contains).map(\.rawValue).joined(separator: ", ")
        return HealthCheck(
            name: "commands", status: isBearable ? .warn : .fail,
            detail:
                "the server does not know \(names), which these need: \(affected); take rename-command for them out of "
                + "redis.conf")
    }
}

extension HealthCheck {
    /// What an auth middleware and an operator are there for. Support access comes on top.
    static let lookups: Set<RepositoryOperation> = [
        .authorize, .findSession, .refreshTokenChainState, .findSupportAccessGrant, .currentTime,
    ]

    /// - Parameter missing: what is not permitted of all that the repository does.
    static func permissions(missing: Set<Permission>, user: String, keys: KeySpace) -> HealthCheck {
        guard !missing.isEmpty else {
            return HealthCheck(name: "permissions", status: .ok, detail: "\(user) may do all that the repository does")
        }
        let needs = PermissionNeed.all.filter { !missing.isDisjoint(with: $0.permissions) }
        let refused = Set(needs.map(\.operation))
        let plain = needs.filter { lookups.contains($0.operation) && !$0.commands.contains("EVALSHA") }
        let changesNothing = !PermissionNeed.all.contains { need in
            need.commands.contains("HSET") && !missing.isSuperset(of: need.permissions.filter { $0.command == "HSET" })
        }
        if plain.isEmpty, changesNothing {
            return HealthCheck(
                name: "permissions", status: .ok,
                detail: "\(user) may look and change nothing, as an auth middleware or an operator should")
        }
        let rules = rules(missing, keys).joined(separator: " ")
        let operations = RepositoryOperation.allCases.filter(refused.contains).map(\.rawValue).joined(separator: ", ")
        return HealthCheck(
            name: "permissions", status: plain.contains { $0.operation == .authorize } ? .fail : .warn,
            detail: "not permitted to \(user): \(operations); if that is not meant: \(permit(user, rules))")
    }

    /// What has to be added to the user: commands that are refused on whatever key, keys that are refused to whatever
    /// command, or else both.
    private static func rules(_ missing: Set<Permission>, _ keys: KeySpace) -> [String] {
        let all = Set(PermissionNeed.all.flatMap(\.permissions))
        let commands = Set(missing.map(\.command)).filter { command in
            missing.isSuperset(of: all.filter { $0.command == command })
        }
        // Where a kind of key is refused to every command it cannot be told which of the two it is for.
        let closed = Set(PermissionNeed.Kind.allCases).filter { kind in
            let permissions = all.filter { $0.kind == kind }
            return !permissions.isEmpty && missing.isSuperset(of: permissions)
        }
        let partly = missing.filter { !commands.contains($0.command) }.compactMap(\.kind)
        var rules = commands.sorted().map { "+\($0.lowercased())" }
        if commands.contains("EVALSHA") { rules.append("+eval") }
        rules += closed.union(partly).map(keys.rule).sorted()
        if missing.contains(where: { ["PUBLISH", "SUBSCRIBE"].contains($0.command) }) {
            rules.append("&\(keys.events)")
        }
        return rules
    }
}

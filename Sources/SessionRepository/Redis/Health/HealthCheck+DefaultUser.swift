import Logging
import RedisClient

extension RedisSessionRepository {
    /// Whether the default user answers without a password: asked on a connection that does not authenticate.
    func defaultUser() async -> HealthCheck {
        var settings = client.configuration
        settings.username = nil
        settings.password = nil
        settings.journal = nil
        settings.tracking = nil
        settings.roleCheckInterval = nil
        settings.acceptsReplicas = true
        let silence = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        do {
            let stranger = try RedisClient(configuration: settings, logger: silence)
            let answer = await whatIsOpen(to: stranger)
            await stranger.shutdown()
            return .defaultUser(answer, isLocal: settings.topology.endpoints.allSatisfy(\.isLocal))
        } catch {
            return .defaultUser(.failure(error), isLocal: true)
        }
    }

    /// The place of a server that answers, `nil` where none does.
    private func whatIsOpen(to stranger: RedisClient) async -> Result<String?, RedisError> {
        do throws(RedisError) {
            for server in try await stranger.partitions() where try await answers(server) {
                return .success(server.place)
            }
            return .success(nil)
        } catch .server {
            return .success(nil)
        } catch {
            return .failure(error)
        }
    }

    /// About a key that lookups could be about.
    private func answers(_ server: RedisPartition) async throws(RedisError) -> Bool {
        do throws(RedisError) {
            try await server.execute(RedisCommand("EXISTS", keys.everyone(beside: HashTag(owner: "")))) { _ in }
            return true
        } catch .server(let code, _) {
            if code == "ERR" { throw .unavailable(reason: "the server does not know EXISTS") }
            // A cluster's redirection, too, is an answer.
            return !["NOAUTH", "NOPERM", "WRONGPASS", "DENIED"].contains(code)
        }
    }
}

extension HealthCheck {
    /// - Parameter open: where the default user may look at keys without a password, if anywhere.
    static func defaultUser(_ open: Result<String?, RedisError>, isLocal: Bool) -> HealthCheck {
        switch open {
        case .success(nil):
            HealthCheck(name: "default user", status: .ok, detail: "without a password the servers answer nothing")
        case .success(let place?):
            HealthCheck(
                name: "default user", status: isLocal ? .warn : .fail,
                detail:
                    "the default user of \(place) answers without a password: who reaches it can read and end sessions; "
                    + permit("default", "off")
                    + "; where there is an aclfile, requirepass counts for nothing: the file needs a line for default")
        case .failure:
            HealthCheck(
                name: "default user", status: .warn,
                detail: "whether the default user answers without a password could not be tried")
        }
    }
}

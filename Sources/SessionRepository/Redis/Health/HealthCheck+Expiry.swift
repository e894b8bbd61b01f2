import RedisClient

extension RedisSessionRepository {
    /// Looks for keys without an end among those that some pages of SCAN come by, each of some thousand keys: enough to
    /// see what happens often, and bounded however many there are.
    func expiries(at servers: [RedisPartition]) async throws(SessionRepositoryError) -> HealthCheck {
        var (sampled, endless, example) = (0, 0, String?.none)
        for server in servers {
            do throws(RedisError) {
                for (key, remaining) in try await lifetimes(of: sample(of: server), at: server) {
                    sampled += 1
                    guard remaining == -1 else { continue }
                    endless += 1
                    if example == nil { example = key }
                }
            } catch .server(let code, let message) {
                return HealthCheck(
                    name: "expiry", status: .warn,
                    detail:
                        "the server does not let us look for keys without an end (\(code) \(message.prefix(100))); run this "
                        + "as a user who may: \(HealthCheck.permit("…", "+scan +pttl ~\(keys.prefix):*"))")
            } catch {
                throw SessionRepositoryError(error, key: "SCAN")
            }
        }
        guard let example else {
            return HealthCheck(name: "expiry", status: .ok, detail: "of \(sampled) keys sampled, each has an end")
        }
        return HealthCheck(
            name: "expiry", status: .fail,
            detail:
                "of \(sampled) keys sampled, \(endless) never expire, such as \(example): this package makes none so; find "
                + "out who else writes below \(keys.prefix): and PEXPIRE '\(example)' \(Self.lifetime(of: example, keys))"
        )
    }

    /// A key that says who is refused stays as long as the longest session.
    private static func lifetime(of key: String, _ keys: KeySpace) -> String {
        let isSession = ["session", "user", "org"].contains { key.hasPrefix("\(keys.prefix):\($0):") }
        return isSession ? "86400000" : "34560000000"
    }

    /// All at the same time: on a slow link one after the other would take as long as there are keys.
    private func lifetimes(
        of keys: ArraySlice<String>, at server: RedisPartition
    ) async throws(RedisError) -> [(key: String, remaining: Int64?)] {
        let answers = await withTaskGroup(of: (String, Result<Int64?, RedisError>).self) { group in
            for key in keys {
                group.addTask {
                    do throws(RedisError) {
                        return (
                            key, .success(try await server.execute(RedisCommand("PTTL", key).sealed) { $0.integer })
                        )
                    } catch {
                        return (key, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var lifetimes: [(key: String, remaining: Int64?)] = []
        for (key, answer) in answers { lifetimes.append((key, try answer.get())) }
        return lifetimes
    }

    private func sample(of server: RedisPartition) async throws(RedisError) -> ArraySlice<String> {
        var (found, cursor) = ([String](), "0")
        for _ in 0..<10 {
            let scan = RedisCommand("SCAN", cursor, "MATCH", keys.everyPattern, "COUNT", "1000").sealed
            (cursor, found) = try await server.execute(scan) { [found] reply in
                (reply[0].string ?? "0", found + (0..<(reply[1].count ?? 0)).compactMap { reply[1][$0].string })
            }
            if cursor == "0" || found.count >= Self.sampleSize { break }
        }
        return found.prefix(Self.sampleSize)
    }

    /// Keys of each server: each is asked about on its own.
    private static let sampleSize = 300
}

import Foundation
import Logging
import RedisClient
import Testing

@testable import SessionRepository

/// A repository under a key prefix of its own, with a second connection that looks at what it left in Redis.
struct Store: Sendable {
    let repository: RedisSessionRepository
    let redis: RedisClient
    let server: RedisServer
    let prefix: String
    var keys: KeySpace { repository.keys }

    /// A user whom no other test knows.
    func user(_ name: String = "user-42") throws -> UserID { try UserID(name) }

    /// What a user looks like in the device list of a real application.
    func session(for user: UserID, device: String = "Pixel 9") -> NewSession {
        NewSession(
            userID: user, ticket: .none, deviceName: device, ipAddress: "203.0.113.7", userAgent: "Example/1.0 (Linux)")
    }

    /// Creates a session and returns it.
    @discardableResult
    func create(for user: UserID, device: String = "Pixel 9") async throws -> Session {
        try await repository.createSession(session(for: user, device: device)).session
    }
}

/// Runs a test against a real Redis under a prefix of its own. Afterwards the promises that hold at any time are
/// checked, and every key of the prefix is removed.
func withStore(
    url: String? = nil,
    policy: SessionPolicy = SessionPolicy(),
    configure: (inout RedisSessionRepositoryConfiguration) -> Void = { _ in },
    checkingAfterwards: Bool = true,
    removingKeys: Bool = true,
    _ body: (Store) async throws -> Void
) async throws {
    let url = if let url { url } else { try await SharedServer.url() }
    let prefix = "test-\(OperationID())"
    var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(url: url))
    configuration.keyPrefix = prefix
    configuration.policy = policy
    // Machines that run tests are busy: patience belongs in tests of patience.
    configuration.commandTimeout = .seconds(20)
    configuration.connectTimeout = .seconds(20)
    configure(&configuration)
    let store = Store(
        repository: try RedisSessionRepository(configuration: configuration, logger: .quiet),
        redis: try .raw(url, timeout: configuration.commandTimeout), server: configuration.server,
        prefix: configuration.keyPrefix)
    do {
        try await body(store)
        if checkingAfterwards { try await store.checkInvariants() }
    } catch {
        await store.close(removingKeys: removingKeys)
        throw error
    }
    await store.close(removingKeys: removingKeys)
}

extension Store {
    fileprivate func close(removingKeys: Bool) async {
        await repository.shutdown()
        let keys = removingKeys ? try? await redis.keys(matching: "\(prefix):*") : nil
        try? await eachOf(keys ?? []) { _ = try? await redis.send("UNLINK", $0) }
        await redis.shutdown()
    }

    /// Many at a time: in a cluster, the end of everyone's sessions leaves a key in each slot.
    private func eachOf(_ keys: [String], _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let lanes = min(keys.count, 64)
        _ = try await inParallel(lanes) { lane in
            for position in stride(from: lane, to: keys.count, by: lanes) { try await body(keys[position]) }
        }
    }

    /// What holds at any time (design: nothing leaks): every key has a TTL, and every index entry has its record.
    func checkInvariants(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let keys = try await redis.keys(matching: "\(prefix):*")
        // Those in a cluster's slots are alike.
        let (fences, others) = (
            keys.filter { $0.hasPrefix("\(prefix):everyone:") }, keys.filter { !$0.hasPrefix("\(prefix):everyone:") }
        )
        try await eachOf(others + fences.shuffled().prefix(100)) { key in
            let remaining = try await redis.send("PTTL", key).integer ?? 0
            // -2: it expired since SCAN saw it.
            #expect(remaining >= 0 || remaining == -2, "\(key) has no TTL", sourceLocation: sourceLocation)
            if key.hasPrefix("\(prefix):user:") {
                try await checkIndex(key, of: "session", sourceLocation)
            } else if key.hasPrefix("\(prefix):org:") {
                try await checkIndex(key, of: "grant", sourceLocation)
            }
        }
    }

    private func checkIndex(_ index: String, of kind: String, _ sourceLocation: SourceLocation) async throws {
        guard let tag = index.firstMatch(of: /\{([0-9a-f]{8})\}/)?.1 else { return }
        for entry in try await members(of: index) {
            let key = "\(prefix):\(kind):{\(tag)}.\(entry)"
            let fields = try await redis.send("HMGET", key, "state", "created").array
            // Expired entries may wait for the next reader to prune them; a live one must have its record.
            let now = (try await redis.send("TIME").strings.first.flatMap(Int64.init) ?? 0) * 1000
            guard let end = try await score(of: entry, in: index), end > now + 1000 else { continue }
            #expect(fields.last != .null, "\(index) lists \(entry), which is gone", sourceLocation: sourceLocation)
            if kind == "session" {
                #expect(fields.first == .string("active"), "\(index) lists \(entry)", sourceLocation: sourceLocation)
            }
        }
    }
}

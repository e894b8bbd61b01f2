import EmbeddedRedis
import RedisClient
import Testing

@testable import SessionRepository

/// One scene with damaged replies.
struct StreamCase: CustomTestStringConvertible, Sendable {
    var kind: Damage.Kind
    var tasks: Int
    var work = StreamWork.mixture
    var hasNearCache = false
    /// Again and again, until it is healed; otherwise one reply.
    var isRepeated = false
    var target = Damage.Target.commands
    /// Where there is little traffic, each reply is hit.
    var isQuiet = false

    static let clientName = "damaged-stream"
    static let commandTimeout = Duration.seconds(1)

    var testDescription: String {
        let cache = hasNearCache ? ", near cache" : ""
        let hits = isRepeated ? "again and again" : "once"
        return "\(kind) \(hits), \(tasks) tasks, \(work)\(cache)"
    }

    /// A swap needs two replies that come together.
    static func canHit(_ kind: Damage.Kind, tasks: Int) -> Bool { kind != .swap || tasks >= 16 }

    var scene: DamagedStream {
        let oneIn = isQuiet || target == .listening ? 1 : tasks < 16 ? 20 : 200
        let damage = Damage(
            kind: kind, target: target, oneIn: oneIn, limit: isRepeated ? .max : 1, client: Self.clientName)
        return DamagedStream(tasks: tasks, work: work, damage: damage, wantedHits: isRepeated ? 5 : 1)
    }

    func play(
        at url: String, through ways: [FaultProxy], assuming assumptions: Assumptions = []
    ) async throws -> DamagedStream.Report {
        var scene = scene
        // Without proofs it may never be right again.
        if !assumptions.isEmpty { scene.patience = .seconds(1) }
        let keys = try RefreshTokenKeys(signing: .generate(id: "k1"))
        var report: DamagedStream.Report?
        try await withRepository(
            at: try RedisServer(url: url),
            configure: { configuration in
                configuration.clientName = Self.clientName
                configuration.commandTimeout = Self.commandTimeout
                configuration.connectTimeout = Self.commandTimeout
                configuration.policy.reuseInterval = .seconds(3600)
                configuration.refreshTokenKeys = keys
                configuration.nearCache = hasNearCache ? .patient : nil
                configuration.assumptions = assumptions
            }
        ) { repository in
            report = try await scene.play(on: repository, through: ways)
        }
        return try #require(report)
    }

    /// On one server of its own.
    func play(assuming assumptions: Assumptions = []) async throws -> DamagedStream.Report {
        var report: DamagedStream.Report?
        try await withPrivateServer { server in
            let way = try FaultProxy(to: .unixSocket(path: server.unixSocketPath))
            do {
                report = try await play(
                    at: "redis://127.0.0.1:\(way.port)", through: [way], assuming: assumptions)
            } catch {
                await way.stop()
                throw error
            }
            await way.stop()
        }
        return try #require(report)
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import TestSupport
import Testing

@testable import SessionRepository

@Suite("What is wrong", .timeLimit(.minutes(5)))
struct CauseTests {
    @Test("is named by the error and by the doctor, as the documentation says", arguments: Cause.all)
    func named(_ cause: Cause) async throws {
        let expected = try #require(try CauseRow.all().first { $0.name == cause.name })
        try await cause.arrange { place in
            try await withRepository(
                at: place,
                configure: {
                    $0.keyPrefix = "sr"
                    $0.commandTimeout = .seconds(2)
                }
            ) { repository in
                try await expectError(expected, of: cause.operation, on: repository)
                try await expectFinding(expected, of: repository)
            }
        }
    }

    /// On a busy machine the first answer may be that connecting takes too long; then the question is asked again.
    private func expectError(
        _ expected: CauseRow, of operation: Cause.Operation, on repository: RedisSessionRepository
    ) async throws {
        var last = ""
        try await eventually("\(expected.name): the error names it: \(expected.error)") {
            let text = await Self.outcome(of: operation, on: repository)
            last = text
            return expected.error.allSatisfy(text.contains)
        }
        #expect(expected.error.allSatisfy(last.contains), "\(last)")
    }

    private func expectFinding(_ expected: CauseRow, of repository: RedisSessionRepository) async throws {
        var last = ""
        try await eventually("\(expected.name): the doctor names it: \(expected.finding)") {
            do throws(SessionRepositoryError) {
                let checks = try await repository.checkHealth()
                last = "\(checks.filter { $0.status != .ok })"
                guard let name = expected.finding.first else { return false }
                return checks.contains { check in
                    let text = "\(check.status.rawValue) \(check.detail)"
                    return check.name == name && expected.finding.dropFirst().allSatisfy(text.contains)
                }
            } catch {
                last = "\(error.code) \(error)"
                return expected.finding.isEmpty && expected.error.allSatisfy(last.contains)
            }
        }
        #expect(!last.isEmpty, "\(last)")
    }

    /// The error's code and text; empty where there is none.
    private static func outcome(of operation: Cause.Operation, on repository: RedisSessionRepository) async -> String {
        do throws(SessionRepositoryError) {
            switch operation {
            case .lookup:
                // A cluster's node has some of them.
                for number in 0..<32 { _ = try await repository.authorize(SessionID(for: UserID("nobody-\(number)"))) }
            case .login: _ = try await repository.createSession(NewSession(userID: UserID("user-42"), ticket: .none))
            case .events: _ = try await repository.events()
            }
            return ""
        } catch {
            return "\(error.code) \(error)"
        }
    }

    @Test("Each row of the table has its test")
    func complete() throws {
        let names = try CauseRow.all().map(\.name)
        #expect(Set(names) == Set(Cause.all.map(\.name)))
        #expect(names.count == Cause.all.count)
        #expect(names.count >= 25)
    }

    @Test("A refusal of a cluster is told at once, not when the deadline comes")
    func atOnce() async throws {
        for name in ["wrong password of a cluster", "one server as cluster", "Sentinels refuse", "no such host"] {
            let cause = try #require(Cause.all.first { $0.name == name })
            try await cause.arrange { place in
                try await withRepository(at: place, configure: { $0.commandTimeout = .seconds(600) }) { repository in
                    let start = ContinuousClock.now
                    #expect(await Self.outcome(of: .lookup, on: repository) != "")
                    #expect(ContinuousClock.now - start < .seconds(60), "\(name)")
                }
            }
        }
    }
}

/// A row of the table: what is in backticks of its columns.
struct CauseRow {
    let name: String
    let error: [String]
    /// The check, its status, and words of it; empty where the doctor ends with the same error.
    let finding: [String]

    static func all() throws -> [CauseRow] {
        try DocumentTable.columns(in: "troubleshooting.md", below: "Causes").compactMap { columns in
            guard columns.count == 4, let name = columns[0].first else { return nil }
            return CauseRow(name: name, error: columns[2], finding: columns[3])
        }
    }
}

import Foundation
import Testing

@Suite("The operations of the load")
struct MatrixCoverageTests {
    @Test("are all that the repository has")
    func complete() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let contract = folder.appending(path: "../../../../Sources/SessionRepository/SessionRepository.swift")
        let operations = Set(
            try String(contentsOf: contract.standardizedFileURL, encoding: .utf8).matches(of: /func (\w+)\(/)
                .map { String($0.1) })
        #expect(operations.count >= 20)
        // A shorter way to ask for the state, two of the others in a row, and what asks nobody.
        let missing = operations.subtracting(LoadOperation.allCases.map(\.rawValue))
        #expect(missing == ["isRefreshTokenChainInvalidated", "terminateAllAccessByUser", "sessionID"])
    }
}

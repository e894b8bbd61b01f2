import Foundation
import Testing

@Suite("The conformance suite")
struct CoverageTests {
    @Test("calls every operation of the protocol, and every variant")
    func complete() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let contract = folder.appending(path: "../../../Sources/SessionRepository/SessionRepository.swift")
        let operations = Set(
            try String(contentsOf: contract.standardizedFileURL, encoding: .utf8).matches(of: /func (\w+)\(/)
                .map { String($0.1) })
        #expect(operations.count >= 20)
        let suites = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix("Conformance.swift") }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        for operation in operations { #expect(suites.contains(".\(operation)("), "\(operation) is not called") }
    }
}

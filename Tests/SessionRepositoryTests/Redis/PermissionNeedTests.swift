import Testing

@testable import SessionRepository

@Suite("The permissions that an operation needs")
struct PermissionNeedTests {
    /// The commands in a script's own lines, and in the shared functions that it uses.
    private static func commands(of script: String) throws -> Set<String> {
        let (shared, own) = try ScriptHeaderTests.text(of: script)
        var found: Set<String> = []
        var visited: Set<Substring> = []
        func collect(_ text: Substring) {
            found.formUnion(text.matches(of: /(?:call|read)\('([A-Z]+)'/).map { String($0.1) })
            for (name, body) in shared where !visited.contains(name) && text.contains("\(name)(") {
                visited.insert(name)
                collect(body)
            }
        }
        collect(own[...])
        return found
    }

    @Test("Those of its script are all among them, and Redis' clock is permitted with it")
    func scripts() throws {
        for operation in RepositoryOperation.allCases {
            guard let script = operation.script else { continue }
            let needed = Set(PermissionNeed.all.filter { $0.operation == operation }.flatMap(\.commands))
            let used = try Self.commands(of: script)
            #expect(used.count > 1)
            // The script does without the last where it is not permitted.
            let missing = used.subtracting(needed).subtracting(["TIME", "PUBLISH", "COPY"])
            #expect(missing.isEmpty, "\(script): \(missing)")
        }
    }

    @Test("No operation is forgotten")
    func operations() {
        let operations = Set(PermissionNeed.all.map(\.operation))
        #expect(operations == Set(RepositoryOperation.allCases).subtracting([.checkHealth]))
    }
}

@Suite("The check of the masters' clocks")
struct ClocksCheckTests {
    @Test("warns when they are apart by more than asking took")
    func spread() {
        #expect(HealthCheck.clocks([1000, 1300, 1400], asking: 0).status == .ok)
        #expect(HealthCheck.clocks([1000, 1800], asking: 300).status == .ok)
        let check = HealthCheck.clocks([1000, 1800], asking: 100)
        #expect(check.status == .warn)
        #expect(check.detail.contains("700 ms"))
    }
}

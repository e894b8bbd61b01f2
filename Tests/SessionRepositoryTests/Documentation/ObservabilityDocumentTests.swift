import RedisClient
import TestSupport
import Testing

@testable import SessionRepository

@Suite("docs/observability.md")
struct ObservabilityDocumentTests {
    private static func expect(
        _ heading: String, _ used: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let documented = try DocumentTable.names(in: "observability.md", below: heading)
        #expect(documented.sorted() == used.sorted(), sourceLocation: sourceLocation)
    }

    @Test("The metrics are those that are reported")
    func metrics() throws { try Self.expect("Metrics", MetricName.allCases.map(\.rawValue)) }

    @Test("The operations are those that are counted")
    func operations() throws {
        try Self.expect("Operations and their outcomes", RepositoryOperation.allCases.map(\.rawValue))
    }

    @Test("The attributes are those that spans have")
    func attributes() throws { try Self.expect("Spans", SpanAttributeName.allCases.map(\.rawValue)) }

    @Test("The metadata are those that log entries have")
    func metadata() throws { try Self.expect("Log entries", LogKey.allCases.map(\.rawValue)) }

    @Test("A script that an operation names is there")
    func scripts() throws {
        for operation in RepositoryOperation.allCases {
            #expect((operation.command == "EVALSHA") == (operation.script != nil), "\(operation)")
        }
        let scripts = Set(RepositoryOperation.allCases.compactMap(\.script))
        #expect(try scripts.isSubset(of: ScriptHeaderTests.names()))
    }
}

@Suite("Observability")
struct ObservabilityTests {
    @Test("It is off unless something is given, and where the process has bootstrapped nothing")
    func off() throws {
        let server = try RedisServer(host: "127.0.0.1")
        #expect(OperationObserver(Observability(), server: server) == nil)
        #expect(OperationObserver(.bootstrapped, server: server) == nil)
        #expect(TotalsReport(.bootstrapped) == nil)
    }

    @Test("An interval out of range is refused", arguments: [Duration.milliseconds(99), .seconds(3601)])
    func interval(_ interval: Duration) throws {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(host: "127.0.0.1"))
        configuration.observability.interval = interval
        #expect(throws: SessionRepositoryError.self) { try configuration.validate() }
    }
}

import RedisClient
import Tracing

/// One span for each operation, by OpenTelemetry's conventions for database clients.
///
/// The span is named by what was asked of the repository (`db.query.summary`); `db.operation.name` is the Redis command
/// that does it. Errors are told by their code alone: their texts may name users and sessions.
struct OperationTracing: Sendable {
    private let tracer: any Tracer
    private let database: String?
    private let address: String?
    private let port: Int?

    init(_ tracer: any Tracer, server: RedisServer) {
        self.tracer = tracer
        switch server.endpoint {
        case .tcp(let host, let port): (address, self.port) = (host, Int(port))
        case .unixSocket(let path): (address, port) = (path, nil)
        // Which of several servers answers is not known here.
        case nil: (address, port) = (nil, nil)
        }
        if case .cluster = server.topology { database = nil } else { database = String(server.database) }
    }

    func trace<Value: Sendable>(
        _ operation: RepositoryOperation, _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        try await trace(operation, with: tracer, body)
    }

    private func trace<Value: Sendable>(
        _ operation: RepositoryOperation, with tracer: some Tracer,
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        let result: Result<Value, SessionRepositoryError> = await tracer.withSpan(
            operation.rawValue, ofKind: .client
        ) { span in
            span.updateAttributes { describe(operation, in: &$0) }
            do throws(SessionRepositoryError) {
                return .success(try await body())
            } catch {
                span.updateAttributes { Self.describe(error, in: &$0) }
                span.setStatus(SpanStatus(code: .error))
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func describe(_ operation: RepositoryOperation, in attributes: inout SpanAttributes) {
        attributes.set(.system, "redis")
        attributes.set(.summary, operation.rawValue)
        attributes.set(.operation, operation.command)
        attributes.set(.script, operation.script)
        attributes.set(.database, database)
        attributes.set(.serverAddress, address)
        attributes.set(.serverPort, port)
    }

    private static func describe(_ error: SessionRepositoryError, in attributes: inout SpanAttributes) {
        attributes.set(.errorType, error.code)
        if case .storeRefused(let code, _) = error { attributes.set(.serverError, code) }
    }
}

extension SpanAttributes {
    /// What is not known is left out.
    fileprivate mutating func set(_ name: SpanAttributeName, _ value: (some SpanAttributeConvertible)?) {
        if let value { set(name.rawValue, value: value.toSpanAttribute()) }
    }
}

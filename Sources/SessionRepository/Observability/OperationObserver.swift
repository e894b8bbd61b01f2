import RedisClient

/// Sees every operation that asks Redis, from its call to its return. There is none where nobody wants to know.
struct OperationObserver: Sendable {
    private let metrics: OperationMetrics?
    private let tracing: OperationTracing?

    init?(_ observability: Observability, server: RedisServer) {
        guard observability.metrics != nil || observability.tracer != nil else { return nil }
        metrics = observability.metrics.map(OperationMetrics.init)
        tracing = observability.tracer.map { OperationTracing($0, server: server) }
    }

    func observe<Value: Sendable>(
        _ operation: RepositoryOperation, outcome word: (Value) -> String = { _ in OutcomeWord.done },
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        guard let metrics else { return try await trace(operation, body) }
        let began = MonotonicTime.now()
        func record(_ outcome: String) {
            let nanoseconds = MonotonicTime.now().nanoseconds - began.nanoseconds
            metrics.record(operation, outcome: outcome, nanoseconds: nanoseconds)
        }
        do throws(SessionRepositoryError) {
            let value = try await trace(operation, body)
            record(word(value))
            return value
        } catch {
            record(error.code)
            throw error
        }
    }

    private func trace<Value: Sendable>(
        _ operation: RepositoryOperation, _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        guard let tracing else { return try await body() }
        return try await tracing.trace(operation, body)
    }
}

extension RedisSessionRepository {
    /// What every public operation goes through.
    func observed<Value: Sendable>(
        _ operation: RepositoryOperation, outcome word: (Value) -> String = { _ in OutcomeWord.done },
        _ body: () async throws(SessionRepositoryError) -> Value
    ) async throws(SessionRepositoryError) -> Value {
        guard let observer else { return try await body() }
        return try await observer.observe(operation, outcome: word, body)
    }
}

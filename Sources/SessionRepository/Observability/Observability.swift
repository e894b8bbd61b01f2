public import CoreMetrics
public import Tracing

/// Where a repository's metrics and spans go. Each is off unless set, and what is off is not measured.
///
/// The names are a contract, in `docs/observability.md`. No value carries a secret, a user ID or a session ID.
///
/// ```swift
/// configuration.observability = .bootstrapped
/// ```
public struct Observability: Sendable {
    /// Makes the metrics; `nil` for none.
    public var metrics: (any MetricsFactory)?
    /// Takes one span for each operation that asks Redis; `nil` for none.
    public var tracer: (any Tracer)?
    /// How often `run` reports what is counted elsewhere: the near cache, the journal, the connections. 100 milliseconds
    /// to one hour. Default ten seconds.
    public var interval: Duration = .seconds(10)

    /// Off, unless something is given.
    public init(metrics: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil) {
        self.metrics = metrics
        self.tracer = tracer
    }

    /// The process' own: what `MetricsSystem` and `InstrumentationSystem` were given before this is called. Where they were
    /// given nothing, it is off.
    public static var bootstrapped: Observability {
        let metrics: any MetricsFactory = MetricsSystem.factory
        let tracer: any Tracer = InstrumentationSystem.tracer
        return Observability(
            metrics: metrics is NOOPMetricsHandler ? nil : metrics, tracer: tracer is NoOpTracer ? nil : tracer)
    }

    /// - Throws: `invalidConfiguration`, naming the setting.
    func validate() throws(SessionRepositoryError) {
        guard interval >= .milliseconds(100), interval <= .seconds(3600) else {
            throw .invalidConfiguration(
                setting: "observability.interval", problem: "it must be 100 milliseconds to one hour")
        }
    }
}

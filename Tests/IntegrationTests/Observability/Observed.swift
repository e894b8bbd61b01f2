import InMemoryTracing
import MetricsTestKit
import Tracing

@testable import SessionRepository

/// Backends that keep what they are told.
struct Observed {
    let metrics = TestMetrics()
    let tracer = InMemoryTracer()

    var observability: Observability { Observability(metrics: metrics, tracer: tracer) }

    func count(_ operation: RepositoryOperation, _ outcome: String) -> Int64 {
        let dimensions = [("operation", operation.rawValue), ("outcome", outcome)]
        return metrics.counterTotal(label: MetricName.operations.rawValue, dimensions: dimensions)
    }

    func total(_ metric: MetricName) -> Int64 { metrics.counterTotal(label: metric.rawValue) }

    func level(_ metric: MetricName) -> Double? { metrics.meters(label: metric.rawValue).first?.lastValue }

    /// Of the operations that were counted: the outcomes of each.
    var outcomes: [String: Set<String>] {
        metrics.counters(label: MetricName.operations.rawValue).reduce(into: [:]) { outcomes, counter in
            let dimensions = Dictionary(counter.dimensions) { $1 }
            outcomes[dimensions["operation"] ?? "", default: []].insert(dimensions["outcome"] ?? "")
        }
    }

    /// Everything that left the process.
    var texts: [String] {
        let labels = metrics.counters.flatMap { $0.dimensions.map(\.1) + [$0.label] }
        let spans = tracer.finishedSpans.flatMap { span in
            [span.operationName, "\(span.status as Any)", "\(span.errors)", "\(span.events)"]
                + span.named.map { "\($0.key)=\($0.value)" }
        }
        return labels + spans
    }
}

extension FinishedInMemorySpan {
    var named: [String: SpanAttribute] {
        var named: [String: SpanAttribute] = [:]
        attributes.forEach { named[$0] = $1 }
        return named
    }
}

/// How fast one operation was at one concurrency.
struct BenchRow: Encodable {
    let operation: String
    let concurrency: Int
    let perSecond: Double
    let p50us: Double
    let p99us: Double
    /// `nil` where the one who measured does not say.
    var p999us: Double?
    /// The client's processor time for one operation: all its threads, the kernel's work for them included.
    let clientCPUus: Double
    /// What the server spends on one operation, by its own account: on average, or at the median of few.
    var serverUs: Double?
    /// Throughput beside that of `redis-benchmark`, and of the other client, in the same run.
    var ofLimit: Double?
    var ofPeer: Double?

    /// The row in the middle by throughput.
    static func median(_ rows: [BenchRow]) -> BenchRow? {
        rows.isEmpty ? nil : rows.sorted { $0.perSecond < $1.perSecond }[rows.count / 2]
    }

    /// How much faster some are than others that ran beside them, round for round: the one in the middle.
    static func medianRatio(_ rows: [BenchRow], to others: [BenchRow]) -> Double? {
        let ratios = zip(rows, others).map { $0.perSecond / $1.perSecond }.sorted()
        return ratios.isEmpty ? nil : ratios[ratios.count / 2]
    }

    static func table(_ rows: [BenchRow]) -> Table {
        Table(
            heading: [
                "OPERATION", "CONCURRENCY", "PER SECOND", "P50 µs", "P99 µs", "P99.9 µs", "CLIENT CPU µs", "SERVER µs",
                "OF LIMIT", "OF PEER",
            ],
            rows: rows.map { row in
                [
                    Cell(row.operation), Cell("\(row.concurrency)"), Cell("\(Int(row.perSecond))"),
                    Cell(figure(row.p50us)), Cell(figure(row.p99us)), Cell(row.p999us.map(figure)),
                    Cell(figure(row.clientCPUus)), Cell(row.serverUs.map(figure)), Cell(row.ofLimit.map(ratio)),
                    Cell(row.ofPeer.map(ratio)),
                ]
            })
    }

    /// Three digits that count.
    private static func figure(_ value: Double) -> String {
        switch value {
        case 100...: "\(Int(value.rounded()))"
        case 10..<100: "\((value * 10).rounded() / 10)"
        default: "\((value * 100).rounded() / 100)"
        }
    }

    private static func ratio(_ value: Double) -> String {
        "\((value * 100).rounded() / 100)"
    }
}

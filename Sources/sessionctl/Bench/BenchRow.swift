/// How fast one operation was at one concurrency.
struct BenchRow: Encodable {
    let operation: String
    let concurrency: Int
    let perSecond: Double
    let p50us: Double
    let p99us: Double

    /// The row in the middle by throughput.
    static func median(_ rows: [BenchRow]) -> BenchRow {
        rows.sorted { $0.perSecond < $1.perSecond }[rows.count / 2]
    }

    static func table(_ rows: [BenchRow]) -> Table {
        Table(
            heading: ["OPERATION", "CONCURRENCY", "PER SECOND", "P50 µs", "P99 µs"],
            rows: rows.map { row in
                [
                    Cell(row.operation), Cell("\(row.concurrency)"), Cell("\(Int(row.perSecond))"),
                    Cell("\(Int(row.p50us.rounded()))"), Cell("\(Int(row.p99us.rounded()))"),
                ]
            })
    }
}

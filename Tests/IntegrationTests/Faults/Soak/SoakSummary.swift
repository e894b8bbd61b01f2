import Foundation

/// What a soak came to.
struct SoakSummary {
    let topology: String
    var duration = Duration.zero
    private(set) var rounds = 0
    private(set) var violations: [String] = []
    private var violationCount = 0
    private var outcomes: [LoadOperation: [String: Int]] = [:]
    private var slowest: [LoadOperation: Duration] = [:]
    private var faults: [String: (count: Int, slowestRecovery: Duration)] = [:]
    /// Hundredths of a second, so that it stays small however long it takes.
    private var recoveries: [Int: Int] = [:]
    private var slowestRecovery = Duration.zero
    private let residentAtBegin = Self.residentMegabytes

    init(topology: String) { self.topology = topology }

    mutating func add<Topology: FaultTopology>(
        _ fault: String, _ tally: Tally, _ result: FaultRound<Topology>.Result, _ effects: FaultEffects
    ) {
        rounds += 1
        for (operation, codes) in tally.outcomes {
            outcomes[operation, default: [:]].merge(codes, uniquingKeysWith: +)
        }
        slowest.merge(tally.slowest, uniquingKeysWith: max)
        let before = faults[fault] ?? (0, .zero)
        faults[fault] = (before.count + 1, max(before.slowestRecovery, result.recovery))
        recoveries[Int(result.recovery / .milliseconds(10)), default: 0] += 1
        slowestRecovery = max(slowestRecovery, result.recovery)
        for violation in result.violations + tally.late { add(violation: "\(fault): \(violation)") }
        for code in tally.codes.subtracting(effects.expectedCodes) { add(violation: "\(fault): \(code)") }
        if !tally.open.isEmpty { add(violation: "\(fault): calls that did not return: \(tally.open)") }
        if let obstacle = result.obstacle { add(violation: "\(fault): the client did not recover: \(obstacle)") }
    }

    /// The first hundred are kept; all are counted and printed at once.
    mutating func add(violation: String) {
        violationCount += 1
        if violations.count < 100 { violations.append(violation) }
        Self.report("VIOLATION \(violation)")
    }

    /// At once, also when the output goes to a file.
    static func report(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// One line for in between.
    var line: String {
        """
        \(Self.seconds(duration)) s: \(rounds) rounds, \(operations) operations, \(violationCount) violations, \
        recovery p50 \(Self.seconds(recovery(at: 0.5))) s, max \(Self.seconds(slowestRecovery)) s, \
        \(Self.residentMegabytes) MB, \(Self.allocatedMegabytes) MB of it in use
        """
    }

    var text: String {
        var lines = [
            "Soak of \(topology): \(Self.seconds(duration)) s, \(rounds) rounds, \(operations) operations", "",
            "Operations by outcome (slowest in seconds)",
        ]
        for operation in LoadOperation.allCases {
            let codes = (outcomes[operation] ?? [:]).sorted { $0.value > $1.value }
            let counts = codes.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            lines.append("  \(operation.rawValue): \(counts) (\(Self.seconds(slowest[operation] ?? .zero)))")
        }
        lines += ["", "Faults (slowest recovery in seconds)"]
        for (fault, record) in faults.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(fault): \(record.count) (\(Self.seconds(record.slowestRecovery)))")
        }
        lines += [
            "",
            """
            Recoveries: \(rounds), p50 \(Self.seconds(recovery(at: 0.5))) s, p99 \(Self.seconds(recovery(at: 0.99))) s, \
            max \(Self.seconds(slowestRecovery)) s
            """,
            """
            Resident memory: \(residentAtBegin) MB at the beginning, \(Self.residentMegabytes) MB at the end, \
            \(Self.allocatedMegabytes) MB of it in use
            """,
            "Violations: \(violationCount)",
        ]
        return (lines + violations.map { "  \($0)" }).joined(separator: "\n")
    }

    private var operations: Int { outcomes.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

    private func recovery(at fraction: Double) -> Duration {
        var rest = Int((Double(rounds) * fraction).rounded(.up))
        for (hundredths, count) in recoveries.sorted(by: { $0.key < $1.key }) {
            rest -= count
            if rest <= 0 { return .milliseconds(hundredths * 10) }
        }
        return .zero
    }

    private static func seconds(_ duration: Duration) -> String {
        String(format: "%.2f", duration / .seconds(1))
    }

    #if os(Linux)
    private static var residentMegabytes: Int { ProcessResources.now().residentBytes >> 20 }
    private static var allocatedMegabytes: Int { ProcessResources.now().allocatedBytes >> 20 }
    #else
    private static let residentMegabytes = 0
    private static let allocatedMegabytes = 0
    #endif
}

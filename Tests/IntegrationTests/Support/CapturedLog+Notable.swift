extension CapturedLog {
    /// What an operator sees at level notice, without the metadata.
    var notable: [String] {
        text.split(separator: "\n").map(String.init).filter { line in
            ["notice", "warning", "error", "critical"].contains { line.hasPrefix("\($0) ") }
        }.map { line in line.firstRange(of: " [").map { String(line[..<$0.lowerBound]) } ?? line }
    }
}

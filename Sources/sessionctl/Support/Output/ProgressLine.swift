import Foundation
import SessionRepository

/// One line that is written over and over: how far, how many, how fast, and how long it will take.
struct ProgressLine {
    private let start = ContinuousClock.now

    /// `nil` when nobody looks at standard error.
    static func onTerminal() -> ProgressLine? {
        isatty(STDERR_FILENO) == 1 ? ProgressLine() : nil
    }

    func show(_ progress: EveryoneOutProgress) {
        Output.overwriteDiagnostic(Self.text(progress, elapsed: ContinuousClock.now - start))
    }

    func finish() {
        Output.overwriteDiagnostic("")
    }

    static func text(_ progress: EveryoneOutProgress, elapsed: Duration) -> String {
        let seconds = max(elapsed / .seconds(1), 0.001)
        let fraction = min(max(progress.fraction, 0), 1)
        let width = 24
        let filled = Int(fraction * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let rate = Int(Double(progress.users) / seconds)
        var text = "\(bar) \(Int(fraction * 100))%  \(progress.terminated) sessions of \(progress.users) users"
        text += "  \(rate) users/s"
        // Before the first few percent it would only be a guess.
        if fraction >= 0.02, fraction < 1 {
            text += "  \(Int((seconds * (1 - fraction) / fraction).rounded(.up))) s left"
        }
        return text
    }
}

import Foundation
import RedisClient

extension HealthCheck {
    /// The server's clock decides, but those who call say when somebody authenticated and when a grant is to end.
    /// - Parameters:
    ///   - server: what it said, in Unix milliseconds, between the two.
    static func clock(server: Int64, asked: Date, answered: Date) -> HealthCheck {
        let time = Date(unixMilliseconds: server)
        let difference = max(0, asked.timeIntervalSince(time), time.timeIntervalSince(answered))
        guard difference > 1 else {
            return HealthCheck(name: "clock", status: .ok, detail: "this machine's clock agrees with the server's")
        }
        let side = time > answered ? "behind" : "ahead of"
        return HealthCheck(
            name: "clock", status: .warn,
            detail:
                "this machine's clock is \(Int64(difference * 1000)) ms \(side) the server's, which decides; let NTP "
                + "keep both: timedatectl set-ntp true")
    }

    /// Expiry, bulk termination and the order of logins go by the masters' clocks.
    /// - Parameters:
    ///   - clocks: of the masters, in Unix milliseconds, asked one after the other.
    ///   - asking: how long that took.
    static func clocks(_ clocks: [Int64], asking: Int64) -> HealthCheck {
        let spread = max(0, (clocks.max() ?? 0) - (clocks.min() ?? 0) - asking)
        guard spread <= 500 else {
            return HealthCheck(
                name: "clocks", status: .warn,
                detail: "the masters' clocks are \(spread) ms apart; let NTP keep them together: "
                    + "timedatectl set-ntp true")
        }
        return HealthCheck(name: "clocks", status: .ok, detail: "the masters' clocks agree")
    }
}

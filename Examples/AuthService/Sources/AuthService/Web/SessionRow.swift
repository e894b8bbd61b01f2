import Foundation
import SessionRepository

/// A session as the tables of `session-table` show it.
struct SessionRow {
    let id: String
    let name: String
    let address: String
    let lastActivity: Moment
    let signedIn: Moment
    let isCurrent: Bool
    let isSupport: Bool
    let isPhone: Bool
    /// Tells the buttons of two rows apart for those who only hear them.
    private var label: String

    private init(_ session: Session, current: SessionID, now: Date) {
        id = session.id.description
        name = session.deviceName ?? "Unknown device"
        address = session.ipAddress ?? ""
        lastActivity = Moment(session.lastActivityAt, now: now)
        signedIn = Moment(session.createdAt, now: now)
        isCurrent = session.id == current
        isSupport = session.grantID != nil
        isPhone = ["Android", "iPhone", "Pixel", "Galaxy"].contains { [name] in name.contains($0) }
        label = [name, address].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The device at hand first: it is the one that people look for.
    static func rows(_ sessions: [Session], current: SessionID) -> [SessionRow] {
        let now = Date()
        let sorted = sessions.filter { $0.id == current } + sessions.filter { $0.id != current }
        var rows = sorted.map { SessionRow($0, current: current, now: now) }
        var seen: [String: Int] = [:]
        for index in rows.indices {
            let count = seen[rows[index].label, default: 0] + 1
            seen[rows[index].label] = count
            if count > 1 { rows[index].label += ", number \(count)" }
        }
        return rows
    }
}

import SessionRepository

/// Sessions that somebody might find in the list. The addresses are those reserved for documentation.
struct Demonstration {
    let sessions: any SessionRepository

    private static let devices = [
        ("maya", "Pixel 9", "198.51.100.23"), ("maya", "Safari on macOS", "2001:db8:4:21::7"),
        ("maya", "Firefox on Windows", "203.0.113.80"), ("noah", "iPhone 16", "198.51.100.77"),
    ]

    func create() async throws {
        for (user, device, address) in Self.devices {
            _ = try await sessions.createSession(
                NewSession(userID: try UserID(user), ticket: .none, deviceName: device, ipAddress: address))
        }
    }
}

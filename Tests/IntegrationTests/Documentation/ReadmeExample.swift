import SessionRepository

func tour(of redisURL: String) async throws {
    let server = try RedisServer(url: redisURL)
    let sessions = try RedisSessionRepository(configuration: .init(server: server))

    let user = try UserID("user-42")
    // Before the password is checked, so that an end of all sessions in between ends this login too.
    let ticket = try await sessions.beginLogin(user)
    let created = try await sessions.createSession(
        NewSession(userID: user, ticket: ticket, deviceName: "Pixel 9", ipAddress: "203.0.113.7"))

    // In the middleware, at each request:
    switch try await sessions.authorize(created.session.id) {
    case .active(let session): print("welcome back, \(session.userID)")
    case .terminated, .unknown, .supportAccessEnded: print("log in again")
    }

    // "Sign out all my other devices", and then this one too:
    let ended = try await sessions.terminateAllSessionsByUser(user, except: created.session.id)
    let outcome = try await sessions.terminateSession(created.session.id, ownedBy: user)
    print("ended \(ended) others, then this one: \(outcome)")
    await sessions.shutdown()
}

import Foundation
import SessionRepository

/// The guided tour: what the package does, each step with the `redis-cli` command that shows the same thing.
struct Story {
    let cast: Cast
    let repository: RedisSessionRepository
    let keys: KeySpace
    let narrator: Narrator

    func tell() async throws {
        try await createOnThreeDevices()
        try await list()
        try await authorize(cast.phone)
        try await terminate(cast.laptop)
        try await terminateAll(including: cast.phone)
        try await grantSupportAccess()
        narrator.heading("That was all.")
        narrator.say("Every key above expires by itself, whatever happens to the process that wrote it.")
    }

    private func createOnThreeDevices() async throws {
        narrator.heading("1. \(cast.user) logs in on three devices")
        try await create(cast.phone, "Anna's iPhone", "192.0.2.10", "Acme/4.2 (iPhone; iOS 18.5)")
        try await create(cast.laptop, "MacBook Pro", "192.0.2.11", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)")
        try await create(cast.tablet, "受付のタブレット", "2001:db8::7", "Acme/4.2 (iPad; iPadOS 18.5)")
        narrator.say("A session is a plain hash with an expiry, readable by anyone with redis-cli:")
        try await narrator.show("HGETALL", keys.session(cast.phone))
        try await narrator.show("PTTL", keys.session(cast.phone))
    }

    private func create(_ id: SessionID, _ device: String, _ ipAddress: String, _ userAgent: String) async throws {
        let session = NewSession(
            userID: cast.user, ticket: .none, id: id, deviceName: device, ipAddress: ipAddress, userAgent: userAgent)
        _ = try await repository.createSession(session)
        narrator.say("created \(id) on \(device)")
    }

    private func list() async throws {
        narrator.heading("2. Where is \(cast.user) logged in?")
        let sessions = try await repository.findActiveSessionsByUser(cast.user)
        narrator.say(try await presentation().table(of: sessions))
        narrator.say("One sorted set per user, by the time at which each session expires:")
        try await narrator.show("ZRANGE", keys.userIndex(cast.user), "0", "-1", "WITHSCORES")
    }

    private func authorize(_ session: SessionID) async throws {
        narrator.heading("3. A request comes in from the phone: is its session still good?")
        try await sayAuthorization(of: session)
        try await narrator.show("HMGET", keys.session(session), "user", "state", "created")
    }

    private func terminate(_ session: SessionID) async throws {
        narrator.heading("4. The laptop is lost: an administrator ends its session")
        let outcome = try await repository.terminateSession(
            session, by: cast.administrator.description, reason: "device lost")
        narrator.say("terminateSession: \(outcome.rawValue)")
        try await narrator.show("HMGET", keys.session(session), "state", "terminatedBy", "reason")
        narrator.say("The thief tries it:")
        try await sayAuthorization(of: session)
        narrator.say("And its refresh tokens are useless too:")
        try await narrator.show("GET", keys.chain(session))
    }

    private func terminateAll(including session: SessionID) async throws {
        narrator.heading("5. \(cast.user) changes the password: every session ends, in one atomic step")
        let count = try await repository.terminateAllSessionsByUser(
            cast.user, except: nil, by: cast.user.description, reason: "password changed",
            operationID: cast.passwordChange)
        narrator.say("terminateAllSessionsByUser: \(count)")
        try await sayAuthorization(of: session)
        try await narrator.show("ZCARD", keys.userIndex(cast.user))
    }
}

// MARK: - What the steps share

extension Story {
    func sayAuthorization(of session: SessionID) async throws {
        let authorization = try await repository.authorize(session)
        narrator.say("authorize: " + (try await presentation().text(of: authorization)))
    }

    func presentation() async throws -> Presentation {
        narrator.presentation(at: try await repository.currentTime())
    }
}

import Foundation
import RedisClient

extension RedisSessionRepository {
    func find(
        _ id: SessionID, ownedBy owner: UserID?
    ) async throws(SessionRepositoryError) -> Session? {
        let key = keys.session(id)
        let found = try await execute(RedisCommand("HGETALL", key), key: key) { reply in
            SessionRecord(allFields: reply).decode(id)
        }
        let session = try found.mapError(SessionRepositoryError.corrupt(key)).get()
        guard let owner else { return session }
        return session?.userID == owner ? session : nil
    }

    public func authorize(_ id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        if let nearCache {
            if let nearSource, let session = nearCache.hit(id, from: nearSource) { return .active(session) }
            return try await authorize(id, from: nearCache)
        }
        guard let observer else { return try await ask(about: id) }
        return try await observer.observe(.authorize, outcome: \.word) { () throws(SessionRepositoryError) in
            try await ask(about: id)
        }
    }

    /// Asks Redis.
    func ask(about id: SessionID) async throws(SessionRepositoryError) -> Authorization {
        try await judge(find(id), of: id)
    }

    private func find(_ id: SessionID) async throws(SessionRepositoryError) -> SessionLookup.Found {
        let (command, attributes) = (authorizeCommand.encode(id), authorizeAttributes)
        guard let connection = client.onlyConnection else {
            return try await execute(command, key: keys.session(id)) { reply in
                SessionRecord(fixedFields: reply, attributes: attributes).decode(id)
            }
        }
        do {
            return try await SessionLookup.run(id, command, attributes: attributes, on: connection)
        } catch {
            throw SessionRepositoryError(error, key: keys.session(id))
        }
    }

    /// What a record that was found, or not, means.
    func judge(
        _ found: Result<Session?, RecordProblem>, of id: SessionID
    ) async throws(SessionRepositoryError) -> Authorization {
        switch found {
        case .failure(let problem):
            throw .corruptRecord(key: keys.session(id), problem: problem.text)
        case .success(nil):
            return .unknown
        case .success(let session?):
            if case .terminated(let termination) = session.state { return .terminated(termination) }
            if let grant = session.grantID, try await !isInForce(grant, for: id, of: session.userID) {
                return .supportAccessEnded
            }
            return .active(session)
        }
    }

    func recordActivity(
        _ id: SessionID, ipAddress: String?
    ) async throws(SessionRepositoryError) -> TouchOutcome {
        let address = try InputLimits.ipAddress(ipAddress) ?? ""
        let began = nearCache.map { _ in MonotonicTime.now() }
        let answer: (outcome: TouchOutcome, rest: Int64)?
        do throws(SessionRepositoryError) {
            answer = try await run(
                Scripts.touchSession, keys: [keys.session(id)],
                arguments: [
                    id.value.random.text, keys.userIndexStem(id.value.tag), address,
                    String(policy.activityResolution.wholeMilliseconds),
                ]
            ) { reply in
                (reply.string ?? reply[0].string).flatMap(TouchOutcome.init).map { ($0, reply[1].integer ?? 0) }
            }
        } catch {
            forget(.session(id))
            throw error
        }
        guard let answer else { throw .unexpectedAnswer(about: keys.session(id)) }
        // Most touches write nothing, and one comes with each request.
        if answer.outcome != .recent { forget(.session(id)) }
        // The server counts in whole milliseconds, which may have begun before the question.
        if let began { nearCache?.recentActivity.note(id, for: .milliseconds(answer.rest - 1), from: began) }
        return answer.outcome
    }

    func listActive(
        _ user: UserID, limit: Int, after cursor: SessionPage.Cursor?
    ) async throws(SessionRepositoryError) -> SessionPage {
        let limit = try InputLimits.pageSize(limit)
        let tag = HashTag(owner: user.text)
        let stem = keys.sessionStem(tag)
        let index = keys.userIndex(user)
        let page = try await run(
            Scripts.findActiveSessions,
            keys: [index],
            arguments: [
                stem, String(limit), cursor.map { String($0.lastActivity) } ?? "", cursor?.random.text ?? "",
            ]
        ) { reply in
            Self.decodePage(reply, tag: tag, index: index, stem: stem)
        }
        return try await withoutEndedSupportAccess(page.get())
    }

    /// Under a grant that was shortened, or that names another administrator since, a session is no more active than
    /// `authorize` says.
    private func withoutEndedSupportAccess(
        _ page: SessionPage
    ) async throws(SessionRepositoryError) -> SessionPage {
        var active: [Session] = []
        for session in page.sessions {
            let grant = session.grantID
            if let grant, try await !isInForce(grant, for: session.id, of: session.userID) { continue }
            active.append(session)
        }
        return SessionPage(sessions: active, next: page.next)
    }

    private static func decodePage(
        _ reply: borrowing RedisReply, tag: HashTag, index: String, stem: String
    ) -> Result<SessionPage, SessionRepositoryError> {
        guard let count = reply.count, !count.isMultiple(of: 2), let hasMore = reply[0].integer,
            (0...1).contains(hasMore)
        else {
            return .failure(.unexpectedAnswer(about: index))
        }
        var sessions: [Session] = []
        for position in stride(from: 1, to: count - 1, by: 2) {
            guard let text = reply[position].string, let random = RandomPart(base64URL: text) else {
                return .failure(.corruptRecord(key: index, problem: "a member is no part of a session ID"))
            }
            let id = SessionID(TaggedIdentifier(tag: tag, random: random))
            switch SessionRecord(allFields: reply[position + 1]).decode(id) {
            case .success(let session?): sessions.append(session)
            case .success(nil): continue
            case .failure(let problem):
                return .failure(.corruptRecord(key: stem + text, problem: problem.text))
            }
        }
        let last = hasMore == 1 ? sessions.last : nil
        let next = last.flatMap { last in
            last.lastActivityAt.unixMilliseconds.map {
                SessionPage.Cursor(lastActivity: $0, random: last.id.value.random)
            }
        }
        return .success(SessionPage(sessions: sessions, next: next))
    }

    func clock() async throws(SessionRepositoryError) -> Date {
        let time = try await execute(RedisCommand("TIME"), key: "", decode: Self.milliseconds)
        guard let time else { throw .unexpectedAnswer(about: "TIME") }
        return Date(unixMilliseconds: time)
    }
}

import Foundation
import RedisClient

extension RedisSessionRepository {
    func find(
        _ id: SessionID, ownedBy owner: UserID?
    ) async throws(SessionRepositoryError) -> Session? {
        let key = keys.session(id)
        let session = try await lookUp(RedisCommand("HGETALL", key), key: key) { reply throws(ReplyProblem) in
            try SessionRecord(allFields: reply).decode(id)
        }
        guard let owner else { return session }
        return session?.userID == owner ? session : nil
    }

    func recordActivity(
        _ id: SessionID, ipAddress: String?
    ) async throws(SessionRepositoryError) -> TouchOutcome {
        let address = addresses.take(ipAddress) ?? ""
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
                stem, String(limit), cursor.map { String($0.created) } ?? "", cursor?.random.text ?? "",
            ]
        ) { reply throws(ReplyProblem) in
            try Self.decodePage(reply, of: user, tag: tag, index: index, stem: stem)
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
        _ reply: borrowing RedisReply, of user: UserID, tag: HashTag, index: String, stem: String
    ) throws(ReplyProblem) -> Result<SessionPage, SessionRepositoryError> {
        guard let count = reply.count, !count.isMultiple(of: 2), let created = reply[0].integer, created >= -1 else {
            throw .misplaced("the answer is not a page of sessions")
        }
        var sessions: [Session] = []
        var next: SessionPage.Cursor?
        for position in stride(from: 1, to: count - 1, by: 2) {
            guard let text = reply[position].string, let random = RandomPart(base64URL: text) else {
                return .failure(.corruptRecord(key: index, problem: "a member is no part of a session ID"))
            }
            if created >= 0 { next = SessionPage.Cursor(created: created, random: random) }
            let id = SessionID(TaggedIdentifier(tag: tag, random: random))
            switch try listed(reply[position + 1], id, of: user) {
            case .success(let session?): sessions.append(session)
            case .success(nil): continue
            case .failure(let problem):
                return .failure(.corruptRecord(key: stem + text, problem: problem.text))
            }
        }
        return .success(SessionPage(sessions: sessions, next: next))
    }

    /// One record of a page. The page answers this question, so that a record of another session is one that lies under the
    /// wrong key.
    private static func listed(
        _ reply: borrowing RedisReply, _ id: SessionID, of user: UserID
    ) throws(ReplyProblem) -> Result<Session?, RecordProblem> {
        do throws(ReplyProblem) {
            let found = try SessionRecord(allFields: reply).decode(id)
            guard case .success(let session?) = found, session.userID != user else { return found }
            return .failure(RecordProblem("user is not the user whose sessions are listed"))
        } catch .foreign(let problem) {
            return .failure(RecordProblem(problem))
        }
    }

    func clock() async throws(SessionRepositoryError) -> Date {
        Date(unixMilliseconds: try await execute(RedisCommand("TIME"), key: "", decode: Self.milliseconds))
    }
}

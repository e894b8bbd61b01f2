import SessionRepository

enum GuaranteesArticle {
    /// What an HTTP service says: the status, and seconds after which to ask again.
    typealias Answer = (status: Int, retryAfter: Int?)

    static func answer(to id: SessionID, from sessions: any SessionRepository) async -> Answer {
        do {
            switch try await sessions.authorize(id) {
            case .active: return (200, nil)
            case .terminated, .unknown, .supportAccessEnded: return (401, nil)
            }
        } catch {
            // Nobody is signed out by this, and nobody is let in.
            switch error {
            case .storeUnavailable, .protocolFailure, .timedOut, .overloaded, .storeFull: return (503, 1)
            default: return (500, nil)
            }
        }
    }

    static func lostPhone(of user: UserID, in sessions: any SessionRepository) async throws -> String {
        let ended = try await sessions.terminateAllSessionsByUser(
            user, by: "admin-7", reason: "lost phone", durability: .replicated(count: 1, timeout: .milliseconds(500)))
        return ended.replicas > 0
            ? "\(ended.outcome) sessions ended, on a replica too"
            : "\(ended.outcome) sessions ended; a failover in the next moment could lose that"
    }
}

/// What a write of this process changes, or may have changed.
enum NearCacheChange: Sendable {
    case none
    case session(SessionID)
    /// A session and the one that takes its place.
    case sessions(SessionID, SessionID)
    case all(of: UserID)
    case everything
}

extension NearCache {
    func apply(_ change: NearCacheChange) {
        switch change {
        case .none: break
        case .session(let id): invalidate(id)
        case .sessions(let old, let new):
            invalidate(old)
            invalidate(new)
        case .all(let user): invalidateAll(of: user)
        case .everything: invalidateAll()
        }
    }
}

public import Foundation

/// Whether Redis still has what this process has seen there.
public enum StoreCondition: Hashable, Sendable {
    /// Nothing is known to be missing.
    case intact
    /// A server has come back empty: it was started again without its data, replaced by another one, or flushed. Every
    /// session on it is `unknown`, though nobody ended it. An application should not clear cookies now: once a backup is
    /// restored, the sessions are good again.
    case emptied(at: Date)
}

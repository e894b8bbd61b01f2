/// One thing that `RedisSessionRepository.checkHealth()` looked at.
public struct HealthCheck: Hashable, Sendable {
    /// A short, stable word such as `eviction`.
    public let name: String
    /// How grave it is.
    public let status: Status
    /// What was found and, unless all is well, how to mend it.
    public let detail: String

    /// From well to grave.
    public enum Status: String, Hashable, Sendable {
        /// As it should be.
        case ok
        /// Works, but not as it should in production.
        case warn
        /// A promise of the repository cannot be kept.
        case fail
    }
}

/// How much of the store a process may remember, and for how long it may believe what it remembers.
///
/// A remembered session is dropped as soon as Redis reports a change. `maximumStaleness` is what holds when it cannot:
/// on a network that went silent, an ended session is refused after this time at the latest.
public struct NearCachePolicy: Hashable, Sendable {
    /// Sessions that are remembered at most; each takes about half a kilobyte. 1 to 10,000,000. Default 10,000.
    public var maximumEntries = 10_000
    /// The longest that an answer is used, counted from before it was asked for. One millisecond to one hour. Default 30
    /// seconds.
    public var maximumStaleness: Duration = .seconds(30)

    /// The defaults. Limits are checked when a repository is made with it.
    public init() {}

    /// - Throws: `invalidConfiguration`, naming the setting.
    package func validate() throws(SessionRepositoryError) {
        guard (1...10_000_000).contains(maximumEntries) else {
            throw .invalidConfiguration(setting: "nearCache.maximumEntries", problem: "it must be 1 to 10,000,000")
        }
        guard maximumStaleness >= .milliseconds(1), maximumStaleness <= .seconds(3600) else {
            throw .invalidConfiguration(
                setting: "nearCache.maximumStaleness", problem: "it must be one millisecond to one hour")
        }
    }
}

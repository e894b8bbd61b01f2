/// What a `redis-server` does.
enum ServerRole: Sendable {
    /// Keeps data, be it alone, replicated or in a cluster.
    case data
    /// Watches over servers that do.
    case sentinel

    /// What goes on the command line, after the configuration file.
    var argument: String {
        switch self {
        case .data: ""
        case .sentinel: "--sentinel"
        }
    }
}

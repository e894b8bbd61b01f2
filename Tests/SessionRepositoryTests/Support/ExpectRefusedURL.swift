import SessionRepository
import Testing

/// Expects that a URL is refused as a matter of configuration, and that its secret, `hunter2`, is not repeated.
func expectRefusedURL(_ url: String, sourceLocation: SourceLocation = #_sourceLocation) {
    do throws(SessionRepositoryError) {
        let server = try RedisServer(url: url)
        Issue.record("was accepted as \(server)", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == "invalidConfiguration", sourceLocation: sourceLocation)
        #expect(!error.description.contains("hunter2"), "\(error)", sourceLocation: sourceLocation)
        #expect(!String(reflecting: error).contains("hunter2"), sourceLocation: sourceLocation)
    }
}

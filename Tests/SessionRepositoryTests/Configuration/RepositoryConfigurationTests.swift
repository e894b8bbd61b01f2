import Testing

@testable import SessionRepository

@Suite("The repository's configuration")
struct RepositoryConfigurationTests {
    private func refused(_ change: (inout RedisSessionRepositoryConfiguration) -> Void) throws -> String? {
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(host: "127.0.0.1"))
        change(&configuration)
        return refusal { () throws(SessionRepositoryError) in try configuration.validate() }?.name
    }

    @Test("is good as it comes")
    func defaults() throws {
        #expect(try refused { _ in } == nil)
    }

    @Test("refuses a prefix that is empty, long, or not printable ASCII without braces")
    func keyPrefix() throws {
        for good in ["s", "sr", "app:sessions", "!~*?[]\\^", String(repeating: "x", count: 64)] {
            #expect(try refused { $0.keyPrefix = good } == nil, "\(good)")
        }
        for bad in ["", "a b", "a\nb", "é", "{sr}", "s}r", "s{r", "\u{7F}", "s\0r", String(repeating: "x", count: 65)] {
            #expect(try refused { $0.keyPrefix = bad } == "keyPrefix", "\(bad)")
        }
    }

    @Test("refuses a client name that Redis would refuse")
    func clientName() throws {
        for good in ["web", "web-1.example/eu", String(repeating: "x", count: 64)] {
            #expect(try refused { $0.clientName = good } == nil, "\(good)")
        }
        for bad in ["", "a b", "a\nb", "é", String(repeating: "x", count: 65)] {
            #expect(try refused { $0.clientName = bad } == "clientName", "\(bad)")
        }
    }

    @Test("refuses timeouts below a millisecond and above an hour")
    func timeouts() throws {
        for good in [.milliseconds(1), .seconds(1), .seconds(3600)] as [Duration] {
            #expect(try refused { $0.commandTimeout = good } == nil)
            #expect(try refused { $0.connectTimeout = good } == nil)
        }
        for bad in [.zero, .seconds(-1), .microseconds(999), .seconds(3601), .seconds(Int64.max)] as [Duration] {
            #expect(try refused { $0.commandTimeout = bad } == "commandTimeout")
            #expect(try refused { $0.connectTimeout = bad } == "connectTimeout")
        }
    }

    @Test("refuses a queue for nobody, and one for everybody")
    func queue() throws {
        for good in [1, 16_384, 1_000_000] { #expect(try refused { $0.maximumQueuedCommands = good } == nil) }
        for bad in [0, -1, 1_000_001, .max] {
            #expect(try refused { $0.maximumQueuedCommands = bad } == "maximumQueuedCommands")
        }
    }

    @Test("refuses a near cache for nothing, and one that believes for ever")
    func nearCache() throws {
        #expect(try refused { $0.nearCache = NearCachePolicy() } == nil)
        let nothing = try refused { configuration in
            configuration.nearCache = NearCachePolicy()
            configuration.nearCache?.maximumEntries = 0
        }
        #expect(nothing == "nearCache.maximumEntries")
        let forEver = try refused { configuration in
            configuration.nearCache = NearCachePolicy()
            configuration.nearCache?.maximumStaleness = .seconds(3601)
        }
        #expect(forEver == "nearCache.maximumStaleness")
    }

    @Test("refuses attributes that no session can have")
    func attributes() throws {
        let many = (0..<33).map { "name\($0)" }
        #expect(try refused { $0.authorizeAttributes = Array(many.prefix(32)) } == nil)
        #expect(try refused { $0.authorizeAttributes = many } == "authorizeAttributes")
        #expect(try refused { $0.authorizeAttributes = [""] } == "authorizeAttributes")
        #expect(try refused { $0.authorizeAttributes = [String(repeating: "n", count: 65)] } == "authorizeAttributes")
    }

    @Test("refuses a policy that cannot work, and so does the repository itself")
    func policy() throws {
        #expect(try refused { $0.policy.lifetime = .zero } == "lifetime")
        var configuration = RedisSessionRepositoryConfiguration(server: try RedisServer(host: "127.0.0.1"))
        configuration.policy.lifetime = .zero
        let refusal = refusal { () throws(SessionRepositoryError) in
            _ = try RedisSessionRepository(configuration: configuration)
        }
        #expect(refusal?.name == "lifetime")
    }
}

import Foundation
import SessionRepository
import Testing

/// README's way from `Package.swift` to a protected route.
@Suite("README")
struct QuickstartTests {
    private static let package = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    @Test("It shows the service that is built here, to the letter")
    func isCurrent() throws {
        let readme = try Self.text("README.md")
        #expect(readme.contains(try Self.text("Sources/Quickstart/Quickstart.swift")))
        let manifest = try Self.text("Package.swift")
        let lines = try #require(readme.firstMatch(of: /(?s)dependencies: \[\n(.*?)\]/)?.1).split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) where !line.contains("session-repository") {
            #expect(line.isEmpty || manifest.contains(line), "\(line)")
        }
    }

    @Test("The service that it shows lets in who has signed in, until their session ends")
    func works() async throws {
        let redis = try PrivateRedis.shared.get()
        let port = try FreePort().port
        let process = Process()
        process.executableURL = try Self.products.appending(path: "Quickstart")
        process.arguments = ["\(port)"]
        process.environment = ProcessInfo.processInfo.environment.merging(["SESSION_REDIS_URL": redis.url]) { $1 }
        try process.run()
        defer { process.terminate() }

        let client = TestClient(origin: "http://127.0.0.1:\(port)")
        try await eventually { (try? await client.send("GET", "/hello").status) == 401 }
        client.accessToken = try await client.send("POST", "/sign-in").text
        #expect(try await client.send("GET", "/hello").text == "Hello, maya")
        let operators = try RedisSessionRepository(configuration: .init(server: try RedisServer(url: redis.url)))
        #expect(try await operators.terminateAllSessionsByUser(UserID("maya")) == 1)
        // Another process ended it: within the near cache's bound.
        try await eventually { try await client.send("GET", "/hello").status == 401 }
        await operators.shutdown()
    }

    private static var products: URL {
        get throws {
            // Beside the tests' own bundle on macOS, and their own executable on Linux.
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
            return try #require(bundle ?? Bundle.main.executableURL).deletingLastPathComponent()
        }
    }
}

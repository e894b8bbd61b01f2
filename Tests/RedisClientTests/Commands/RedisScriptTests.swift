import Testing

@testable import RedisClient

@Suite("A script's digest")
struct RedisScriptTests {
    /// From `sha1sum`.
    @Test("is the SHA-1 of its text",
        arguments: [
            ("", "32a7341a6ee07d48bab22e18f30d2d09a3b35bfa"),
            ("return 1", "0ee1d9aeb75bd167640cd6a16fb01105fff18100"),
        ])
    func known(source: String, digest: String) {
        #expect(RedisScript(source: source).digest == digest)
    }

    @Test("is forty lower-case hexadecimal digits")
    func form() {
        for number in 0..<200 {
            let digest = RedisScript(source: "return \(number)").digest
            #expect(digest.count == 40)
            #expect(digest.allSatisfy { "0123456789abcdef".contains($0) })
        }
    }
}

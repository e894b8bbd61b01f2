import Testing

@testable import RedisClient

@Suite("A script's digest")
struct RedisScriptTests {
    /// The first two from FIPS 180, the last from Redis' own SCRIPT LOAD.
    @Test(
        "is the SHA-1 of its text",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"),
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

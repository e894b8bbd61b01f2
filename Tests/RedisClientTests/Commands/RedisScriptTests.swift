import Testing

@testable import RedisClient

@Suite("A script's digest")
struct RedisScriptTests {
    /// From `sha1sum`.
    @Test(
        "is the SHA-1 of its text",
        arguments: [
            ("", "ebbc9ec57ec5fe412a864b2be21ad0423c73b1d6"),
            ("return 1", "5708df1e9858bca1bf189f2ec9485047f4d76a11"),
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

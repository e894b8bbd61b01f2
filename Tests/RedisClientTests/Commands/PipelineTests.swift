import Testing

@testable import RedisClient

@Suite("Commands that travel as one")
struct PipelineTests {
    @Test("are their bytes one after the other")
    func bytes() {
        let (asking, get) = (RedisCommand("ASKING"), RedisCommand("GET", "k"))
        #expect(RedisCommand.pipeline(asking, get).bytes == asking.bytes + get.bytes)
    }

    @Test("have all their replies")
    func replies() {
        let ping = RedisCommand("PING")
        #expect(ping.replies == 1)
        #expect(RedisCommand(byteCount: 0) { _ in }.replies == 1)
        #expect(RedisCommand.pipeline(ping, ping).replies == 2)
        #expect(RedisCommand.pipeline(ping, .pipeline(ping, ping)).replies == 3)
        #expect(RedisCommand.pipeline(.pipeline(ping, ping), ping).replies == 3)
    }
}

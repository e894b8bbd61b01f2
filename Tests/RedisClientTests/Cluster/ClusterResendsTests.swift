import Testing

@testable import RedisClient

@Suite("What may be asked again of a cluster")
struct ClusterResendsTests {
    @Test("is a reserve, and a fifth of what was answered")
    func budget() {
        let resends = ClusterResends(reserve: 3)
        for _ in 0..<3 { #expect(resends.spend()) }
        #expect(!resends.spend())
        for _ in 0..<5 { resends.earn() }
        #expect(resends.spend())
        #expect(!resends.spend())
    }
}

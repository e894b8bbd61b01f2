import Testing

@testable import RedisClient

@Suite("A server's identity")
struct ServerIdentityTests {
    private func info(run: String = "r1", replication: String = "p1", replicas: String = "2") -> String {
        """
        # Server\r
        redis_version:7.0.15\r
        run_id:\(run)\r
        config_file:/etc/redis:6379.conf\r
        \r
        # Replication\r
        role:master\r
        connected_slaves:\(replicas)\r
        slave0:ip=127.0.0.1,port=6380,state=online,offset=14,lag=0\r
        master_replid:\(replication)\r
        master_replid2:0000000000000000000000000000000000000000\r

        """
    }

    @Test("is read from INFO")
    func honest() throws {
        let identity = try #require(ServerIdentity(info: info()))
        #expect(identity.runID == "r1")
        #expect(identity.replicationID == "p1")
        #expect(identity.replicas == 2)
    }

    @Test("is read whatever ends the lines")
    func lineEnds() {
        #expect(ServerIdentity(info: "run_id:r1\nmaster_replid:p1") == ServerIdentity(info: info()))
    }

    @Test("is another one after a restart, a promotion or a synchronization, not after a change of replicas")
    func changes() {
        let before = ServerIdentity(info: info())
        #expect(ServerIdentity(info: info(run: "r2")) != before)
        #expect(ServerIdentity(info: info(replication: "p2")) != before)
        let other = ServerIdentity(info: info(replicas: "0"))
        #expect(other == before)
        #expect(other.hashValue == before.hashValue)
    }

    @Test("has no replicas where their number cannot be read", arguments: ["", "x", "1.5", "99999999999999999999"])
    func replicas(text: String) throws {
        #expect(try #require(ServerIdentity(info: info(replicas: text))).replicas == 0)
    }

    @Test(
        "is unknown where INFO does not tell",
        arguments: [
            "", "\r\n", "run_id:r1", "master_replid:p1", "run_id:\r\nmaster_replid:p1\r\n",
            "run_id r1\nmaster_replid p1", "xrun_id:r1\nmaster_replid:p1", "run_id:r1\nmaster_replid2:p1",
        ])
    func unknown(text: String) {
        #expect(ServerIdentity(info: text) == nil)
    }
}

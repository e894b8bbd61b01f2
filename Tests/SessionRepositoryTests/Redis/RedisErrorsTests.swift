import RedisClient
import Testing

@testable import SessionRepository

@Suite("What Redis' errors mean")
struct RedisErrorsTests {
    private static let key = "sr:session:{6d894aa3}.AAAAAAAAAAAAAAAAAAAAAQ"

    private func meaning(_ error: RedisError) -> SessionRepositoryError {
        SessionRepositoryError(error, key: Self.key)
    }

    private func meaning(_ code: String, _ message: String = "text") -> SessionRepositoryError {
        meaning(.server(code: code, message: message))
    }

    @Test("the client's own errors keep their meaning")
    func client() {
        #expect(meaning(.unavailable(reason: "refused")) == .storeUnavailable(reason: "refused"))
        #expect(meaning(.timedOut) == .timedOut)
        #expect(meaning(.outcomeUnknown) == .timedOut)
        #expect(meaning(.overloaded) == .overloaded)
        #expect(meaning(.cancelled) == .cancelled)
        #expect(meaning(.shutDown) == .shutDown)
        #expect(meaning(.unexpectedReply("odd")) == .protocolFailure(reason: "odd"))
        #expect(meaning(.protocolFailure("odd")) == .protocolFailure(reason: "odd"))
        #expect(meaning(.foreignAnswer("odd")) == .corruptRecord(key: Self.key, problem: "odd"))
    }

    @Test("a full server is full, and a wrong type is a corrupt record with its key")
    func common() {
        #expect(meaning("OOM", "command not allowed when used memory > 'maxmemory'.") == .storeFull)
        #expect(
            meaning("WRONGTYPE", "Operation against a key holding the wrong kind of value")
                == .corruptRecord(key: Self.key, problem: "it has the wrong type"))
    }

    @Test(
        "a server that cannot serve now is unavailable",
        arguments: ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "MISCONF"])
    func unavailable(code: String) {
        guard case .storeUnavailable(let reason) = meaning(code) else {
            Issue.record("\(meaning(code))")
            return
        }
        #expect(reason.hasPrefix("the server answered \(code): "))
    }

    @Test("a redirection says that there is a cluster, and what to write", arguments: ["MOVED", "ASK"])
    func redirection(code: String) {
        let advice = "write redis+cluster://10.0.0.7:6381 instead of redis://"
        #expect(
            meaning(code, "3999 10.0.0.7:6381")
                == .storeRefused(code: code, message: "the server is a node of a Redis Cluster: \(advice)"))
    }

    @Test("a name that does not exist is unavailable")
    func unknownHost() {
        #expect(meaning(.unknownHost(reason: "no such name")) == .storeUnavailable(reason: "no such name"))
    }

    @Test("a server that has become a replica is unavailable: where it was, a master will be")
    func readOnly() {
        #expect(meaning("READONLY") == .storeUnavailable(reason: "the server has become a read-only replica"))
    }

    @Test(
        "a script that may not run a command for its user is refused like the command itself",
        arguments: [
            // Redis 7.0; Redis from 7.2 and Valkey.
            "The user executing the script can't run this command or subcommand script: f, on @user_script:1.",
            "ACL failure in script: User app has no permissions to run the 'del' command script: f, on @user_script:1.",
        ])
    func scriptPermission(text: String) {
        #expect(meaning("ERR", text) == .storeRefused(code: "NOPERM", message: text))
    }

    @Test(
        "everything else is a refusal with the server's code",
        arguments: ["NOPERM", "NOAUTH", "WRONGPASS", "NOSCRIPT", "ERR", "SOMETHINGNEW"])
    func refused(code: String) {
        #expect(meaning(code) == .storeRefused(code: code, message: "text"))
    }
}

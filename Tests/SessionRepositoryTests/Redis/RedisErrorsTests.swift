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
        #expect(meaning(.unexpectedReply("odd")) == .corruptRecord(key: Self.key, problem: "odd"))
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
        arguments: ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN"])
    func unavailable(code: String) {
        #expect(meaning(code) == .storeUnavailable(reason: "the server answered \(code)"))
    }

    @Test(
        "everything else is a refusal with the server's code",
        arguments: ["NOPERM", "NOAUTH", "WRONGPASS", "READONLY", "MISCONF", "NOSCRIPT", "ERR", "MOVED", "SOMETHINGNEW"])
    func refused(code: String) {
        #expect(meaning(code) == .storeRefused(code: code, message: "text"))
    }
}

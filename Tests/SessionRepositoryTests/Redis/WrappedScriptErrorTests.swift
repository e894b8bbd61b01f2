import RedisClient
import Testing

@testable import SessionRepository

/// Redis before 7 puts an error of a command in a script into a sentence of its own.
@Suite("Script errors of Redis 6.2")
struct WrappedScriptErrorTests {
    private func meaning(_ inner: String) -> SessionRepositoryError {
        let message =
            "Error running script (call to f_e0e1f9fabfc9d4800c877a703b823ac0578ff8db): @user_script:12: \(inner)"
        return SessionRepositoryError(.server(code: "ERR", message: message), key: "sr:k")
    }

    @Test("mean what the error inside means")
    func inside() {
        #expect(meaning("-OOM command not allowed when used memory > 'maxmemory'.") == .storeFull)
        #expect(meaning("@user_script: 12: -OOM command not allowed when used memory > 'maxmemory'.   ") == .storeFull)
        #expect(
            meaning("WRONGTYPE Operation against a key holding the wrong kind of value")
                == .corruptRecord(key: "sr:k", problem: "it has the wrong type"))
        #expect(
            meaning("-READONLY You can't write against a read only replica.")
                == .storeUnavailable(reason: "the server has become a read-only replica"))
    }

    @Test("say that a command is not permitted")
    func notPermitted() {
        let text = "The user executing the script can't run this command or subcommand"
        #expect(meaning("@user_script: 12: \(text)") == .storeRefused(code: "NOPERM", message: text))
    }

    @Test("stay as they are when there is no code inside")
    func noCode() {
        #expect(meaning("attempt to index a nil value").code == "storeRefused")
        #expect(meaning("").code == "storeRefused")
        let plain = SessionRepositoryError(.server(code: "ERR", message: "Error running script"), key: "sr:k")
        #expect(plain == .storeRefused(code: "ERR", message: "Error running script"))
    }
}

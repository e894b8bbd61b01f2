import EmbeddedRedis
import Foundation
import Testing

@Suite("The guardian of an embedded Redis", .timeLimit(.minutes(2)))
struct GuardianTests {
    @Test("ends server and directory when their process dies of a signal", arguments: [SIGKILL, SIGTERM, SIGINT])
    func deathOfTheParent(signal: Int32) async throws {
        // It ends by a signal only, and tells where its server is.
        let watch = try RunningCommand(Tool.path, ["watch", "--redis", "embedded"])
        var socket: String?
        try await eventually("it names its socket") {
            socket = try watch.errorSoFar().firstMatch(of: /listening to .*?(\/\S+\/redis\.sock)/).map { String($0.1) }
            return socket != nil
        }
        let path = try #require(socket)
        let info = try await runCommand("redis-cli", ["-s", path, "INFO", "server"]).standardOutput
        let server = try #require(info.firstMatch(of: /process_id:(\d+)/).flatMap { pid_t($0.1) })
        #expect(kill(server, 0) == 0)

        watch.process.signal(signal)

        #expect(try await watch.result().status == 128 + signal)
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        await eventually("the server is gone, and its directory") {
            kill(server, 0) == -1 && !FileManager.default.fileExists(atPath: directory)
        }
    }
}

import EmbeddedRedis
import Foundation
import RedisClient
import Testing

@testable import SessionRepository

@Suite("Connecting", .serialized)
struct ConnectingTests {
    @Test("By Unix socket, by numeric address and by name it is the same server")
    func endpoints() async throws {
        try await withPrivateServer(EmbeddedRedisOptions(listensOnPort: true)) { server in
            let port = try #require(server.port)
            let urls = ["redis://localhost:\(port)", "redis://127.0.0.1:\(port)", server.unixSocketURL]
            for (number, url) in urls.enumerated() {
                try await withStore(url: url) { store in
                    let session = try await store.create(for: try store.user())
                    #expect(try await store.repository.authorize(session.id) == .active(session))
                    try await store.redis.send("INCR", "visits")
                    #expect(try await store.redis.send("GET", "visits") == .string("\(number + 1)"))
                }
            }
        }
    }

    @Test("It tells the server its name, on the first connection and on the next")
    func clientName() async throws {
        let name = "name-\(OperationID())"
        try await withStore(configure: { $0.clientName = name }) { store in
            let session = try await store.create(for: try store.user())
            let first = try await self.client(named: name, in: store)
            #expect(first != nil)
            try await store.redis.send("CLIENT", "KILL", "ID", try #require(first))
            #expect(try await store.repository.authorize(session.id) == .active(session))
            let second = try await self.client(named: name, in: store)
            #expect(second != nil)
            #expect(second != first)
        }
    }

    @Test("It uses the database that it was given, on the next connection too")
    func database() async throws {
        try await withPrivateServer { server in
            try await withStore(url: server.url + "?db=3") { store in
                let first = try await store.create(for: try store.user())
                try await store.redis.send("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                let second = try await store.create(for: try store.user())
                let other = try RedisClient.raw(server.url)
                #expect(try await other.send("DBSIZE") == .integer(0))
                try await other.send("SELECT", "3")
                for session in [first, second] {
                    #expect(try await other.send("EXISTS", store.keys.session(session.id)) == .integer(1))
                }
                await other.shutdown()
            }
        }
    }

    @Test("All tasks share one connection")
    func oneConnection() async throws {
        let name = "name-\(OperationID())"
        try await withStore(configure: { $0.clientName = name }) { store in
            let session = try await store.create(for: try store.user())
            _ = try await inParallel(64) { _ in try await store.repository.authorize(session.id) }
            let list = try #require(try await store.redis.send("CLIENT", "LIST").string)
            #expect(list.split(separator: "\n").count { $0.contains("name=\(name) ") } == 1)
        }
    }

    @Test("A command of a megabyte, and its reply, pass whole")
    func large() async throws {
        try await withStore { store in
            let text = String(repeating: "0123456789abcdef", count: 65_536)
            let key = "\(store.prefix):large"
            try await store.redis.send("SET", key, text, "PX", "60000")
            let replies = try await inParallel(4) { _ in try await store.redis.send("GET", key) }
            #expect(replies == Array(repeating: .string(text), count: 4))
        }
    }

    @Test("A server's error is its caller's alone")
    func ownErrors() async throws {
        try await withStore { store in
            let key = "\(store.prefix):text"
            try await store.redis.send("SET", key, "x", "PX", "60000")
            let replies = await withTaskGroup(of: (Int, Result<RedisValue, RedisError>).self) { group in
                for number in 0..<100 {
                    group.addTask {
                        do throws(RedisError) {
                            let command = number % 2 == 0 ? ["HGETALL", key] : ["ECHO", "\(number)"]
                            return (number, .success(try await store.redis.send(command)))
                        } catch {
                            return (number, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [Int: Result<RedisValue, RedisError>]()) { $0[$1.0] = $1.1 }
            }
            for number in 0..<100 {
                if number % 2 == 0 {
                    guard case .failure(.server(code: "WRONGTYPE", _)) = replies[number] else {
                        Issue.record("\(String(describing: replies[number]))")
                        continue
                    }
                } else {
                    #expect(replies[number] == .success(.string("\(number)")))
                }
            }
        }
    }

    /// The connection ID of the client with this name.
    private func client(named name: String, in store: Store) async throws -> String? {
        let list = try #require(try await store.redis.send("CLIENT", "LIST").string)
        let line = list.split(separator: "\n").first { $0.contains("name=\(name) ") }
        return line?.split(separator: " ").first { $0.hasPrefix("id=") }.map { String($0.dropFirst(3)) }
    }
}

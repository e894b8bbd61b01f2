import SessionRepository

/// A line that `scripts/bench/pair.py` writes.
enum PairRequest {
    /// `create NAME USERS SESSIONS-OF-EACH BYTES-OF-A-USER-ID`
    case create(PairFamily)
    /// `remember NAME`: reads the family's sessions into a near cache.
    case remember(String)
    /// `slice OPERATION NAME TASKS MILLISECONDS`
    case slice(PairSlice)
    /// `terminate-all NAME INDEX-OF-USER`
    case terminateAll(String, user: Int)

    init(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        switch (words.first, words.count, numbers.count) {
        case ("create", 5, 3):
            self = .create(try PairFamily(words[1], users: numbers[0], perUser: numbers[1], userLength: numbers[2]))
        case ("remember", 2, _):
            self = .remember(words[1])
        case ("slice", 5, 2):
            guard let operation = PairSlice.Operation(rawValue: words[1]) else { throw Unknown(line: line) }
            self = .slice(
                PairSlice(
                    operation: operation, family: words[2], tasks: numbers[0], duration: .milliseconds(numbers[1])))
        case ("terminate-all", 3, 1):
            self = .terminateAll(words[1], user: numbers[0])
        default:
            throw Unknown(line: line)
        }
    }

    struct Unknown: Error, CustomStringConvertible {
        let line: String
        var description: String { "unknown request: \(line)" }
    }
}

/// Sessions that are created together.
struct PairFamily {
    let name: String
    let users: [UserID]
    /// In the order of the users.
    let ids: [SessionID]
    let perUser: Int

    /// - Parameter userLength: of each user's ID, in bytes.
    init(_ name: String, users count: Int, perUser: Int, userLength: Int) throws {
        self.name = name
        self.perUser = perUser
        users = try (0..<count).map { index in
            let (head, tail) = ("\(name)-", String(index))
            let padding = String(repeating: "0", count: max(userLength - head.utf8.count - tail.utf8.count, 0))
            return try UserID(head + padding + tail)
        }
        ids = users.flatMap { user in (0..<perUser).map { _ in SessionID(for: user) } }
    }
}

/// Work for a short time.
struct PairSlice {
    enum Operation: String {
        case authorize
        case authorizeOnStoresThread = "authorize-stores-thread"
        case hit
        case touch
        case terminate
    }

    let operation: Operation
    let family: String
    let tasks: Int
    let duration: Duration
}

/// What a server that works, and is a master, says to the commands by which a client checks its connection.
enum FakeReply {
    /// `nil` for any other command.
    static func toCheck(_ command: [String], port: UInt16, isSubscribed: Bool) -> String? {
        switch (command.first, command.count) {
        case ("ECHO", 2): bulk(command[1])
        case ("UNSUBSCRIBE", 2): "*3\r\n\(bulk("unsubscribe"))\(bulk(command[1])):0\r\n"
        // A subscribed connection has another form of PONG.
        case ("PING", 2): isSubscribed ? "*2\r\n\(bulk("pong"))\(bulk(command[1]))" : bulk(command[1])
        case ("PING", 1) where isSubscribed: "*2\r\n\(bulk("pong"))\(bulk(""))"
        case ("ROLE", 1): "*3\r\n\(bulk("master")):0\r\n*0\r\n"
        case ("INFO", 1), ("INFO", 2):
            bulk("role:master\r\nrun_id:r\(port)\r\nmaster_replid:p\(port)\r\nconnected_slaves:0\r\n")
        default: nil
        }
    }

    static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
}

import Foundation
import Testing

/// Each script begins with its contract; what it then uses must be what is listed there.
@Suite("The header of a Lua script")
struct ScriptHeaderTests {
    private struct Script {
        let name: String
        let header: String
        let body: String

        init(_ file: URL) throws {
            name = file.lastPathComponent
            let lines = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            let end = lines.firstIndex { !$0.hasPrefix("--") } ?? lines.endIndex
            header = lines[..<end].map { $0.dropFirst(2) }.joined(separator: "\n")
            body = lines[end...].joined(separator: "\n")
        }

        /// The text after one of the header's words, up to the next one.
        func section(_ word: String) -> String? {
            guard let start = header.range(of: "\n \(word) ") else { return nil }
            let rest = header[start.upperBound...]
            let next = rest.firstRange(of: #/\n (KEYS|ARGV|Result|Cost) /#)
            return String(rest[..<(next?.lowerBound ?? rest.endIndex)])
        }

        /// The numbers that a section lists: `1 session  2 chain`, `3 and 4 both`, `13... more`.
        func listed(_ word: String) -> Set<Int> {
            Set(
                (section(word) ?? "").matches(of: #/(?:^|  )\s*(\d+)(?: and (\d+)|\.\.\.)? /#).flatMap { match in
                    [Int(match.1), match.2.flatMap { Int($0) }].compactMap(\.self)
                })
        }

        func used(_ table: String) throws -> Set<Int> {
            let direct = body.matches(of: try Regex("\(table)\\[(\\d+)\\]", as: (Substring, Substring).self))
            let rest = body.matches(of: try Regex("= (\\d+), #\(table)", as: (Substring, Substring).self))
            return Set((direct + rest).compactMap { Int($0.output.1) })
        }
    }

    private static func scripts() throws -> [Script] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/SessionRepository/Scripts").standardizedFileURL
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "lua" && $0.lastPathComponent != "common.lua" }
            .map(Script.init)
    }

    /// Of all of them, without the ending.
    static func names() throws -> Set<String> {
        Set(try scripts().map { String($0.name.dropLast(".lua".count)) })
    }

    /// The shared functions with their bodies, and what comes after a script's header.
    static func text(of name: String) throws -> (shared: [(name: Substring, body: Substring)], own: String) {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/SessionRepository/Scripts").standardizedFileURL
        let common = try String(contentsOf: folder.appending(path: "common.lua"), encoding: .utf8)
        let functions = common.split(separator: "\nlocal function ").dropFirst()
        let own = try #require(try scripts().first { $0.name == "\(name).lua" }).body
        return (functions.map { ($0.prefix { $0 != "(" }, $0.drop { $0 != "(" }) }, own)
    }

    @Test("It lists KEYS, ARGV, result and cost")
    func sections() throws {
        let scripts = try Self.scripts()
        #expect(scripts.count >= 13)
        for script in scripts {
            for word in ["KEYS", "ARGV", "Result", "Cost"] {
                #expect(script.section(word)?.isEmpty == false, "\(script.name): \(word)")
            }
        }
    }

    @Test("What it lists is what the script uses, number by number")
    func agreement() throws {
        for script in try Self.scripts() {
            for table in ["KEYS", "ARGV"] {
                #expect(try script.used(table) == script.listed(table), "\(script.name): \(table)")
            }
        }
    }
}

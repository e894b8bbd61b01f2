/// The functions and values that the scripts share. A script carries only those that it uses, itself or through others:
/// Redis makes all that a script defines anew at each call, which would be a tenth of a `touch`.
struct LuaPrelude {
    private struct Definition {
        let names: Set<Substring>
        let text: String
        /// Everything that could be a name, itself included.
        let words: Set<Substring>
    }

    private let definitions: [Definition]

    /// - Parameter source: top-level `local` statements, each beginning a line, and comments.
    init(_ source: String) {
        var blocks: [[Substring]] = []
        for line in source.split(separator: "\n") where !line.hasPrefix("--") {
            if line.hasPrefix("local ") { blocks.append([]) }
            guard !blocks.isEmpty else { continue }
            blocks[blocks.count - 1].append(line)
        }
        definitions = blocks.map { lines in
            let head = lines[0].split(separator: "=")[0].split(separator: "(")[0]
            let text = lines.joined(separator: "\n")
            return Definition(
                names: Self.words(head).subtracting(["local", "function"]), text: text, words: Self.words(text[...]))
        }
    }

    /// In their order, as Lua needs them.
    func needed(by body: String) -> String {
        var wanted = Self.words(body[...])
        // What is used is defined before.
        let needed = definitions.reversed().filter { definition in
            guard !definition.names.isDisjoint(with: wanted) else { return false }
            wanted.formUnion(definition.words)
            return true
        }
        return needed.reversed().map { $0.text + "\n" }.joined()
    }

    private static func words(_ text: Substring) -> Set<Substring> {
        Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
    }
}

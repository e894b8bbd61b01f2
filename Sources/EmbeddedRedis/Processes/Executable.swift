import Foundation

/// Programs on the PATH.
package enum Executable {
    /// Where `name` is; a name with a slash is taken as it is.
    package static func path(of name: String) -> String? {
        let candidates: [String]
        if name.contains("/") {
            candidates = [name]
        } else {
            let directories = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
            candidates = directories.split(separator: ":").map { "\($0)/\(name)" }
        }
        return candidates.first(where: FileManager.default.isExecutableFile(atPath:))
    }
}

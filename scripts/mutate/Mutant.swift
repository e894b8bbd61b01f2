import Foundation

/// Which change is in force in this process. Only in the copy that scripts/mutate.sh builds.
package enum Mutant {
    private static let environment = ProcessInfo.processInfo.environment
    private static let number = environment["SESSION_MUTANT"].flatMap(Int.init) ?? 0

    /// Whether the decision of that number in the lists is turned around.
    package static func isOn(_ decision: Int) -> Bool { decision == number }

    /// A script's text: from the folder that SESSION_MUTANT_LUA names, if it is there.
    package static func script(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        guard let folder = environment["SESSION_MUTANT_LUA"],
            let changed = FileManager.default.contents(atPath: "\(folder)/\(name).lua")
        else { return bytes }
        return Array(changed)
    }
}

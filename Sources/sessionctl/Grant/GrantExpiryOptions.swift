import ArgumentParser
import SessionRepository

/// When a grant ends: at a time, or after a while.
struct GrantExpiryOptions: ParsableArguments {
    @Option(help: "Until when, such as 2030-06-30T18:00:00Z.")
    var expires: String?
    @Option(name: .customLong("for"), help: "For how long from now, such as 2h.")
    var duration: String?

    func validate() throws {
        guard (expires == nil) != (duration == nil) else {
            throw ValidationError("Give either --expires or --for.")
        }
    }

    func expiry() throws -> NewSupportAccessGrant.Expiry {
        if let expires { return .at(try RFC3339.date(expires, field: "--expires")) }
        return .after(try DurationText.duration(duration ?? "", field: "--for"))
    }
}

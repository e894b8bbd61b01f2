import ArgumentParser
import Foundation
import SessionRepository

struct SaveGrant: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Let a Global Admin see an organization until a time.",
        discussion: "Saving again under the same --id extends or shortens the grant.")

    @Option(help: "The organization's ID.")
    var organization: String
    @Option(help: "Who in the organization allows it.")
    var grantedBy: String
    @Option(help: "Until when, such as 2030-06-30T18:00:00Z.")
    var expires: String?
    @Option(name: .customLong("for"), help: "For how long, such as 2h.")
    var duration: String?
    @Option(help: "The one Global Admin who may use it; any by default.")
    var admin: String?
    @Option(help: "Why.")
    var reason: String?
    @Option(help: "The grant's ID; a new one by default.")
    var id: String?
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (expires == nil) != (duration == nil) else {
            throw ValidationError("Give either --expires or --for.")
        }
    }

    func request() throws -> NewSupportAccessGrant {
        let expiry: NewSupportAccessGrant.Expiry =
            if let expires {
                .at(try RFC3339.date(expires, field: "--expires"))
            } else {
                .after(try DurationText.duration(duration ?? "", field: "--for"))
            }
        return NewSupportAccessGrant(
            organizationID: try OrganizationID(organization),
            grantedBy: grantedBy,
            expiry: expiry,
            id: try id.map { try SupportAccessGrantID($0) },
            grantedTo: try admin.map { try UserID($0) },
            reason: reason
        )
    }

    func answer(_ request: NewSupportAccessGrant, from repository: RedisSessionRepository) async throws -> Answer {
        let grant = try await repository.saveSupportAccessGrant(request)
        return Answer(document: GrantDocument(grant)) { $0.details(of: grant) }
    }
}

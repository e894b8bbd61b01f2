import SessionRepository

extension Presentation {
    func table(of grants: [SupportAccessGrant]) -> String {
        guard !grants.isEmpty else { return "no support-access grants in force" }
        return Table(
            heading: ["GRANT", "GRANTED BY", "GRANTED TO", "EXPIRES", "REASON"],
            rows: grants.map { grant in
                [
                    Cell(grant.id.description),
                    Cell(grant.grantedBy, columns: 32),
                    Cell(grant.grantedTo?.description ?? "any admin", columns: 32),
                    Cell(relative(grant.expiresAt)),
                    Cell(grant.reason, columns: 48),
                ]
            }
        )
        .rendered(style)
    }

    func details(of grant: SupportAccessGrant) -> String {
        var details = Details()
        details.add("grant", grant.id.description)
        details.add("organization", grant.organizationID.description)
        details.add("granted by", grant.grantedBy)
        details.add("granted to", grant.grantedTo?.description ?? "any Global Admin")
        details.add("reason", grant.reason)
        details.add("created", absolute(grant.createdAt))
        details.add("expires", absolute(grant.expiresAt))
        return details.rendered(style)
    }
}

import SessionRepository

extension Presentation {
    func table(of sessions: [Session]) -> String {
        guard !sessions.isEmpty else { return "no active sessions" }
        return Table(
            heading: ["SESSION", "DEVICE", "IP ADDRESS", "ACTIVE", "CREATED", "EXPIRES"],
            rows: sessions.map { session in
                [
                    Cell(session.id.description),
                    Cell(session.deviceName, columns: 32),
                    Cell(session.ipAddress),
                    Cell(relative(session.lastActivityAt)),
                    Cell(relative(session.createdAt)),
                    Cell(relative(session.expiresAt)),
                ]
            }
        )
        .rendered(style)
    }

    func details(of session: Session) -> String {
        propertyList(of: session).rendered(style)
    }

    func propertyList(of session: Session) -> Details {
        var details = Details()
        details.add("session", session.id.description)
        details.add("user", session.userID.description)
        let termination = session.termination
        details.add("state", termination == nil ? "active" : "terminated", termination == nil ? .good : .bad)
        details.add("terminated", termination.map { absolute($0.at) })
        details.add("terminated by", termination?.by)
        details.add("reason", termination?.reason)
        details.add("device", session.deviceName)
        details.add("IP address", session.ipAddress)
        details.add("user agent", session.userAgent)
        details.add("created", absolute(session.createdAt))
        details.add("authenticated", absolute(session.authenticatedAt))
        details.add("last activity", absolute(session.lastActivityAt))
        if termination == nil { details.add("ends if idle", absolute(session.idleExpiresAt)) }
        details.add("expires", absolute(session.expiresAt))
        details.add("grant", session.grantID?.description)
        details.add("level", session.level)
        details.add("methods", session.methods.isEmpty ? nil : session.methods.joined(separator: ", "))
        details.add("elevated until", session.elevatedUntil.map(absolute))
        for (name, value) in session.attributes.sorted(by: <) {
            details.add("attribute \(name)", value)
        }
        return details
    }
}

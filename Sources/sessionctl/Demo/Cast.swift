import SessionRepository

/// Who and what the story is about. All IDs are chosen before the story begins, so that all its keys are known.
struct Cast {
    let user: UserID
    let administrator: UserID
    let organization: OrganizationID
    let phone: SessionID
    let laptop: SessionID
    let tablet: SessionID
    let support: SessionID
    let grant: SupportAccessGrantID
    let passwordChange = OperationID()

    /// - Parameter distinct: whether the names must not be those of anybody real.
    init(distinct: Bool) throws(SessionRepositoryError) {
        let mark = distinct ? "-demo-\(UInt32.random(in: .min ... .max))" : ""
        user = try UserID("anna\(mark)")
        administrator = try UserID("global-admin-7\(mark)")
        organization = try OrganizationID("acme\(mark)")
        phone = SessionID(for: user)
        laptop = SessionID(for: user)
        tablet = SessionID(for: user)
        support = SessionID(for: administrator)
        grant = SupportAccessGrantID(for: organization)
    }
}

extension Story {
    /// Every key that the story can leave behind.
    var allKeys: [String] {
        let ofSessions = [cast.phone, cast.laptop, cast.tablet, cast.support].flatMap { id in
            [keys.session(id), keys.chain(id)]
        }
        let ofUsers = [cast.user, cast.administrator].flatMap { user in
            [keys.userIndex(user), keys.account(user)]
        }
        let ofSupport = [
            keys.grant(cast.grant), keys.revokedGrant(cast.grant), keys.grantSessions(cast.grant),
            keys.organizationIndex(cast.organization), keys.adminIndex(cast.administrator),
            keys.operation(cast.passwordChange, of: cast.user),
        ]
        return ofSessions + ofUsers + ofSupport
    }
}

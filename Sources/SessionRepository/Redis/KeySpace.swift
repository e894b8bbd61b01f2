import RedisClient

/// Every key there is: the only place where one is put together. `{T}` is the hash tag of the owner, so that all keys of
/// one user, or of one organization, lie in one Redis Cluster slot.
package struct KeySpace: Hashable, Sendable {
    package let prefix: String
    /// The number of the database that the keys are in.
    package let database: Int
    /// Whether the keys are divided among the slots of a cluster.
    package let isClustered: Bool

    package init(prefix: String, database: Int = 0, isClustered: Bool = false) {
        self.prefix = prefix
        self.database = database
        self.isClustered = isClustered
    }

    // MARK: Of one session

    package func session(_ id: SessionID) -> String {
        sessionStem(id.value.tag) + id.value.random.text
    }

    package func chain(_ id: SessionID) -> String {
        chainStem(id.value.tag) + id.value.random.text
    }

    /// A session's key up to its random part.
    func sessionStem(_ tag: HashTag) -> String { stem("session", tag) + "." }

    func chainStem(_ tag: HashTag) -> String { stem("chain", tag) + "." }

    // MARK: Of one user

    package func userIndex(_ user: UserID) -> String {
        userIndexStem(HashTag(owner: user.text)) + user.text
    }

    package func account(_ user: UserID) -> String {
        accountStem(HashTag(owner: user.text)) + user.text
    }

    /// The index key up to the user ID, for scripts that read the ID from the session.
    func userIndexStem(_ tag: HashTag) -> String { stem("user", tag) + ":" }

    /// The account's key up to the user ID.
    func accountStem(_ tag: HashTag) -> String { stem("account", tag) + ":" }

    /// What a bulk termination came to.
    package func operation(_ id: OperationID, of user: UserID) -> String {
        stem("operation", HashTag(owner: user.text)) + "." + id.random.text
    }

    /// Matches every session, for SCAN.
    var sessionPattern: String { pattern("session") }

    /// The session whose record a key is.
    func session(ofRecord key: String) -> SessionID? {
        guard let id = identifier(ofKey: key).map(SessionID.init) else { return nil }
        return session(id).utf8.elementsEqual(key.utf8) ? id : nil
    }

    /// Matches every user's index, for SCAN.
    var userIndexPattern: String { pattern("user") }

    /// The user whose index a key is.
    func user(ofIndex key: String) -> UserID? {
        guard let user = try? UserID(owner(ofIndex: key, like: userIndexStem(HashTag(owner: "")))) else { return nil }
        return userIndex(user).utf8.elementsEqual(key.utf8) ? user : nil
    }

    // MARK: Of everyone

    /// Everyone's epoch, where it lies beside what one user has: on one server there is one, in a cluster one in each slot,
    /// so that no login needs another master than its user's own.
    package func everyone(beside tag: HashTag) -> String {
        isClustered ? everyone(in: HashSlot(hashing: tag.text.utf8)) : everyoneStem
    }

    /// Everyone's epoch in every place where it lies.
    package var everyoneEverywhere: [String] {
        guard isClustered else { return [everyoneStem] }
        return (0..<HashSlot.count).compactMap { HashSlot($0).map(everyone(in:)) }
    }

    func everyone(in slot: HashSlot) -> String { "\(everyoneStem):{\(SlotTags.tag(of: slot))}" }

    private var everyoneStem: String { "\(prefix):everyone" }

    /// The channel on which the scripts publish. Not a key. Redis' channels know no databases, so it names its own.
    package var events: String { "\(prefix):events:\(database)" }

    // MARK: Of support access

    package func grant(_ id: SupportAccessGrantID) -> String {
        grantStem(id.value.tag) + id.value.random.text
    }

    package func revokedGrant(_ id: SupportAccessGrantID) -> String {
        stem("grant-revoked", id.value.tag) + "." + id.value.random.text
    }

    package func grantSessions(_ id: SupportAccessGrantID) -> String {
        grantSessionsStem(id.value.tag) + id.value.random.text
    }

    package func organizationIndex(_ organization: OrganizationID) -> String {
        organizationIndexStem(HashTag(owner: organization.text)) + organization.text
    }

    /// The grants that name this administrator. In the administrator's slot, not in the grants'.
    package func adminIndex(_ admin: UserID) -> String {
        stem("admin", HashTag(owner: admin.text)) + ":" + admin.text
    }

    func grantStem(_ tag: HashTag) -> String { stem("grant", tag) + "." }

    func grantSessionsStem(_ tag: HashTag) -> String { stem("grant-sessions", tag) + "." }

    func organizationIndexStem(_ tag: HashTag) -> String { stem("org", tag) + ":" }

    /// Matches every organization's index, for SCAN.
    var organizationIndexPattern: String { pattern("org") }

    /// Matches every grant, for SCAN.
    var grantPattern: String { pattern("grant") }

    /// The grant whose record a key is.
    func grant(ofKey key: String) -> SupportAccessGrantID? {
        guard let id = identifier(ofKey: key).map(SupportAccessGrantID.init) else { return nil }
        return grant(id).utf8.elementsEqual(key.utf8) ? id : nil
    }

    /// The organization whose index a key is.
    func organization(ofIndex key: String) -> OrganizationID? {
        let text = owner(ofIndex: key, like: organizationIndexStem(HashTag(owner: "")))
        guard let organization = try? OrganizationID(text) else { return nil }
        return organizationIndex(organization).utf8.elementsEqual(key.utf8) ? organization : nil
    }

    // MARK: Parts

    /// Matches all that there is, for SCAN.
    var everyPattern: String { escapedPrefix + ":*" }

    /// The prefix may hold characters that mean something in a pattern.
    private func pattern(_ kind: String) -> String {
        escapedPrefix + ":\(kind):{*"
    }

    private var escapedPrefix: String { prefix.map { "*?[]\\^".contains($0) ? "\\\($0)" : "\($0)" }.joined() }

    /// What comes after a stem of that length. Taken apart as bytes: an ID may begin with a mark that, as a character,
    /// would merge with the colon before it.
    private func owner(ofIndex key: String, like stem: String) -> String {
        String(decoding: key.utf8.dropFirst(stem.utf8.count), as: UTF8.self)
    }

    /// What a key of one session or grant ends with: `T}.R`.
    private func identifier(ofKey key: String) -> TaggedIdentifier? {
        let end = String(decoding: key.utf8.suffix(TaggedIdentifier.length + 1), as: UTF8.self)
        return TaggedIdentifier(end.replacing("}.", with: "."))
    }

    private func stem(_ kind: String, _ tag: HashTag) -> String {
        "\(prefix):\(kind):{\(tag.text)}"
    }
}

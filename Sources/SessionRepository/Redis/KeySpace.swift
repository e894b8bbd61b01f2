/// Every key there is: the only place where one is put together. `{T}` is the hash tag of the owner, so that all keys of
/// one user, or of one organization, lie in one Redis Cluster slot.
package struct KeySpace: Hashable, Sendable {
    package let prefix: String

    package init(prefix: String) {
        self.prefix = prefix
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
        stem("account", HashTag(owner: user.text)) + ":" + user.text
    }

    /// The index key up to the user ID, for scripts that read the ID from the session.
    func userIndexStem(_ tag: HashTag) -> String { stem("user", tag) + ":" }

    // MARK: Of support access

    package func grant(_ id: SupportAccessGrantID) -> String {
        grantStem(id.value.tag) + id.value.random.text
    }

    package func revokedGrant(_ id: SupportAccessGrantID) -> String {
        stem("grant-revoked", id.value.tag) + "." + id.value.random.text
    }

    package func grantSessions(_ id: SupportAccessGrantID) -> String {
        stem("grant-sessions", id.value.tag) + "." + id.value.random.text
    }

    package func organizationIndex(_ organization: OrganizationID) -> String {
        organizationIndexStem(HashTag(owner: organization.text)) + organization.text
    }

    func grantStem(_ tag: HashTag) -> String { stem("grant", tag) + "." }

    func organizationIndexStem(_ tag: HashTag) -> String { stem("org", tag) + ":" }

    /// Matches every organization's index, for SCAN.
    var organizationIndexPattern: String {
        // The prefix may hold characters that mean something in a pattern.
        prefix.map { "*?[]\\^".contains($0) ? "\\\($0)" : "\($0)" }.joined() + ":org:{*"
    }

    /// The organization whose index a key is. Taken apart as bytes: an ID may begin with a mark that, as a character,
    /// would merge with the colon before it.
    func organization(ofIndex key: String) -> OrganizationID? {
        let stem = organizationIndexStem(HashTag(owner: ""))
        let text = String(decoding: key.utf8.dropFirst(stem.utf8.count), as: UTF8.self)
        guard let organization = try? OrganizationID(text) else { return nil }
        return organizationIndex(organization).utf8.elementsEqual(key.utf8) ? organization : nil
    }

    private func stem(_ kind: String, _ tag: HashTag) -> String {
        "\(prefix):\(kind):{\(tag.text)}"
    }
}

import Testing

@testable import SessionRepository

/// The key space is a contract that other programs rely on: these keys are the documented ones, letter by letter.
@Suite("The key space")
struct KeySpaceTests {
    private let keys = KeySpace(prefix: "sr")
    private let random = "AAAAAAAAAAAAAAAAAAAAAQ"

    @Test("has the documented keys of a session")
    func session() throws {
        let id = try SessionID("6d894aa3.\(random)")
        #expect(keys.session(id) == "sr:session:{6d894aa3}.\(random)")
        #expect(keys.chain(id) == "sr:chain:{6d894aa3}.\(random)")
        #expect(keys.sessionStem(id.value.tag) + random == keys.session(id))
        #expect(keys.chainStem(id.value.tag) + random == keys.chain(id))
    }

    @Test("has the documented keys of a user")
    func user() throws {
        let user = try UserID("user-42")
        #expect(keys.userIndex(user) == "sr:user:{6d894aa3}:user-42")
        #expect(keys.account(user) == "sr:account:{6d894aa3}:user-42")
        #expect(keys.userIndexStem(HashTag(owner: "user-42")) + "user-42" == keys.userIndex(user))
    }

    @Test("has the documented keys of support access")
    func grants() throws {
        let grant = try SupportAccessGrantID("822b33ad.\(random)")
        #expect(keys.grant(grant) == "sr:grant:{822b33ad}.\(random)")
        #expect(keys.revokedGrant(grant) == "sr:grant-revoked:{822b33ad}.\(random)")
        #expect(keys.grantSessions(grant) == "sr:grant-sessions:{822b33ad}.\(random)")
        #expect(keys.organizationIndex(try OrganizationID("acme")) == "sr:org:{822b33ad}:acme")
        #expect(keys.grantStem(grant.value.tag) + random == keys.grant(grant))
        #expect(keys.adminIndex(try UserID("user-42")) == "sr:admin:{6d894aa3}:user-42")
        #expect(keys.grant(ofKey: keys.grant(grant)) == grant)
        for odd in ["sr:grant:{822b33ad}.", "sr:grant:{822b33ad}\(random)", "sr:grant:{}", keys.grantSessions(grant)] {
            #expect(keys.grant(ofKey: odd) == nil, "\(odd)")
        }
    }

    @Test("puts every key under the configured prefix")
    func prefix() throws {
        let keys = KeySpace(prefix: "app:eu")
        #expect(keys.session(try SessionID("6d894aa3.\(random)")) == "app:eu:session:{6d894aa3}.\(random)")
        #expect(keys.userIndex(try UserID("user-42")) == "app:eu:user:{6d894aa3}:user-42")
    }

    /// Redis hashes what stands between the first `{` and the next `}`.
    @Test("keeps all keys of one user in one slot, whatever the user is called")
    func slots() throws {
        for name in ["user-42", "{other}", "}{", "a}b", "{}"] {
            let user = try UserID(name)
            let id = SessionID(for: user)
            let tags = [keys.session(id), keys.chain(id), keys.userIndex(user), keys.account(user)].map { key in
                key.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }
            }
            #expect(Set(tags) == [Substring(HashTag(owner: name).text)], "\(name)")
        }
    }
}

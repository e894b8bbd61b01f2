import Crypto
public import SessionRepository

/// The accounts and organizations of the example.
public struct Directory: Sendable {
    public let accounts: [Account]
    public let organizations: [Organization]

    public init(accounts: [Account], organizations: [Organization]) {
        self.accounts = accounts
        self.organizations = organizations
    }

    /// The stub of a password check: a real one keeps salted hashes (Argon2id) and slows down who guesses.
    func account(user: String, password: String) -> Account? {
        let account = accounts.first { $0.id.description == user }
        // Digests compare in constant time, and an unknown user takes as long as a wrong password.
        let matches = Self.digest(password) == Self.digest(account?.password ?? "")
        return matches ? account : nil
    }

    /// Whose session it is. Asked at each request: who has lost a role has lost it at once.
    func account(of session: Session) throws(Problem) -> Account {
        guard let account = accounts.first(where: { $0.id == session.userID }) else { throw .invalidToken }
        return account
    }

    func account(_ user: UserID) -> Account? {
        accounts.first { $0.id == user }
    }

    func organization(_ text: String) throws(Problem) -> Organization {
        guard let found = organizations.first(where: { $0.id.description == text }) else { throw .notFound }
        return found
    }

    func members(of organization: OrganizationID) -> [Account] {
        accounts.filter { $0.organization == organization }
    }

    var globalAdmins: [Account] { accounts.filter { $0.role == .globalAdmin } }

    private static func digest(_ text: String) -> SHA256.Digest { SHA256.hash(data: Array(text.utf8)) }
}

extension Directory {
    /// Two organizations and four people, all with made-up names.
    public static func demonstration() throws(SessionRepositoryError) -> Directory {
        Directory(
            accounts: [
                try Account(
                    id: "maya", name: "Maya Lindqvist", organization: "acme", role: .member,
                    password: "correct horse"),
                try Account(
                    id: "noah", name: "Noah Okafor", organization: "acme", role: .organizationAdmin,
                    password: "battery staple"),
                try Account(
                    id: "vera", name: "Vera Castellanos", organization: "globex", role: .organizationAdmin,
                    password: "paper lantern"),
                try Account(
                    id: "grace", name: "Grace Tanaka", organization: "operator", role: .globalAdmin,
                    password: "silver bridge"),
            ],
            organizations: [
                try Organization(id: "acme", name: "Acme Instruments"),
                try Organization(id: "globex", name: "Globex Freight"),
                try Organization(id: "operator", name: "The operator"),
            ])
    }
}

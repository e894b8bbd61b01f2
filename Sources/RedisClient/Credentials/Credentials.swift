/// What a connection shows to a server.
package struct Credentials: Hashable, Sendable {
    /// Of Redis' ACL; `nil` for the user `default`.
    package var username: String?
    package var password: Secret
    /// When the server takes them no longer; `nil` when that is not known.
    package var expiresAt: MonotonicTime?

    package init(username: String? = nil, password: Secret, expiresAt: MonotonicTime? = nil) {
        self.username = username
        self.password = password
        self.expiresAt = expiresAt
    }
}

/// Why there are no credentials to log in with.
package struct CredentialProblem: Error, Hashable, Sendable {
    /// Names where they come from and what is wrong. Shown to users and logged: holds no secret.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

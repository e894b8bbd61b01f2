public import Foundation
import RedisClient

/// A user and a password for Redis, as they are at this moment. Its description shows no password.
public struct RedisCredentials: Sendable {
    /// Of Redis' ACL; `nil` for the user `default`.
    public var username: String?
    /// When the server takes them no longer; `nil` when that is not known. Before that each connection is replaced by one
    /// with newer credentials, after 80 to 90 percent of the time.
    public var expiresAt: Date?
    let password: Secret

    /// - Parameters:
    ///   - username: of Redis' ACL; `nil` for the user `default`.
    ///   - password: or a token that the server takes in its place.
    ///   - expiresAt: by this machine's clock. Must be further away than `connectTimeout`.
    public init(username: String? = nil, password: String, expiresAt: Date? = nil) {
        self.username = username
        self.password = Secret(password)
        self.expiresAt = expiresAt
    }
}

/// Where the credentials of each handshake come from, for passwords that change and tokens that expire while the process
/// runs. It is asked for each attempt to connect, of every kind of connection: those that carry commands, those that listen,
/// those that wait for replicas, and the doctor's own. Connections that stand are not touched before their credentials expire.
public struct RedisCredentialProvider: Sendable {
    let source: CredentialSource
    private let path: String?

    /// - Parameter credentials: must return within `connectTimeout`; while it does not, it is not called again. An error
    ///   becomes `storeUnavailable` with the name of its type: its text, which could hold a secret, is shown nowhere.
    public init(_ credentials: @escaping @Sendable () async throws -> RedisCredentials) {
        path = nil
        source = CredentialSource("the credential provider") { deliver in
            Task {
                do {
                    deliver(try await credentials().forClient())
                } catch {
                    deliver(.failure(CredentialProblem("it threw \(type(of: error))")))
                }
            }
        }
    }

    private init(path: String, username: String?) {
        self.path = path
        source = .passwordFile(path, username: username)
    }

    /// A file with nothing but the password, such as a mounted secret: UTF-8, at most 16 KiB; a line break at its end is left
    /// out. Read at each attempt to connect: it may be replaced at any time, and need not be there yet.
    /// - Parameters:
    ///   - path: of the file; a relative one is looked for in the working directory.
    ///   - username: of Redis' ACL; `nil` for the user `default`.
    public static func passwordFile(_ path: String, username: String? = nil) -> RedisCredentialProvider {
        RedisCredentialProvider(path: path, username: username)
    }

    func validate(naming setting: String) throws(SessionRepositoryError) {
        guard let path else { return }
        guard (1...4095).contains(path.utf8.count), !path.utf8.contains(0) else {
            throw .invalidConfiguration(setting: setting, problem: "the password file's path must have 1 to 4095 bytes")
        }
    }
}

extension RedisCredentialProvider: CustomStringConvertible {
    /// "the credential provider", or "the password file" and its path.
    public var description: String { source.description }
}

extension RedisCredentials: CustomStringConvertible {
    /// The user, and no password.
    public var description: String { "credentials of \(username ?? "the default user")" }
}

extension RedisCredentials {
    fileprivate func forClient() -> Result<Credentials, CredentialProblem> {
        guard !password.value.isEmpty else { return .failure(CredentialProblem("it returned an empty password")) }
        let left = expiresAt.map { Duration.seconds(max(0, min($0.timeIntervalSinceNow, 1e9))) }
        return .success(
            Credentials(username: username, password: password, expiresAt: left.map { MonotonicTime.now() + $0 }))
    }
}

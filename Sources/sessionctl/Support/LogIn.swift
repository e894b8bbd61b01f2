import RedisClient
import SessionRepository

/// How to log in where the URL does not say it.
struct LogIn {
    var username: String?
    var password: String?
    /// Read at each connection: for `watch`, the password may change meanwhile.
    var passwordFile: String?
    var sentinelUsername: String?
    var sentinelPasswordFile: String?

    static let none = LogIn(environment: [:], passwordFile: nil)

    /// - Parameter environment: where the variables of the URL's own setting are; empty ones count as unset.
    init(environment: [String: String], passwordFile: String?) {
        func variable(_ name: String) -> String? {
            environment["SESSION_REDIS_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        username = variable("USERNAME")
        password = passwordFile == nil ? variable("PASSWORD") : nil
        self.passwordFile = passwordFile ?? variable("PASSWORD_FILE")
        sentinelUsername = variable("SENTINEL_USERNAME")
        sentinelPasswordFile = variable("SENTINEL_PASSWORD_FILE")
    }

    func add(to configuration: inout RedisSessionRepositoryConfiguration) throws(SessionRepositoryError) {
        if let passwordFile {
            configuration.credentials = .passwordFile(passwordFile, username: username)
        } else if username != nil, password == nil {
            throw Self.invalid("SESSION_REDIS_USERNAME", "there is a user but no password")
        }
        if let password {
            guard configuration.server.password == nil else {
                throw Self.invalid("SESSION_REDIS_PASSWORD", "the URL has one too")
            }
            configuration.server.username = passwordFile == nil ? username : nil
            configuration.server.password = Secret(password)
        }
        if let sentinelPasswordFile {
            configuration.sentinelCredentials = .passwordFile(sentinelPasswordFile, username: sentinelUsername)
        } else if sentinelUsername != nil {
            throw Self.invalid("SESSION_REDIS_SENTINEL_USERNAME", "there is a user but no password file")
        }
    }

    private static func invalid(_ setting: String, _ problem: String) -> SessionRepositoryError {
        .invalidConfiguration(setting: setting, problem: problem)
    }
}

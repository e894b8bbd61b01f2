/// TLS with the server: whom to trust, and who we are. The server's certificate and its name are always verified.
package struct TLSSettings: Hashable, Sendable {
    /// Where files are, in PEM. They are read for each connection, so that renewed ones come into use by themselves.
    package struct ClientCertificate: Hashable, Sendable {
        package let certificateFile: String
        package let privateKeyFile: String

        package init(certificateFile: String, privateKeyFile: String) {
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
        }
    }

    /// Who may have signed the server's certificate; `nil` for those whom the system trusts.
    package let authoritiesFile: String?
    package let clientCertificate: ClientCertificate?
    /// The name or address in the server's certificate; `nil` for the host that is connected to.
    package let serverName: String?

    package init(authoritiesFile: String?, clientCertificate: ClientCertificate?, serverName: String?) {
        self.authoritiesFile = authoritiesFile
        self.clientCertificate = clientCertificate
        self.serverName = serverName
    }

    /// Whether this build has TLS at all.
    package static var isSupported: Bool { HiredisTLS.isSupported }

    /// What stands in the way of all TLS when it is not supported.
    package static let missing =
        "this build has no TLS; build with the package trait TLS, which needs hiredis 1.x with SSL and OpenSSL"

    /// What stands in the way of using these, such as a file that is not there; `nil` when nothing does.
    package func problem() -> String? {
        do throws(RedisError) {
            try HiredisTLS.check(self)
            return nil
        } catch {
            if case .unavailable(let reason) = error { return reason }
            return "\(error)"
        }
    }
}

/// How one connection is secured: the settings, and the name that the server must prove to have.
struct TLSIdentity: Hashable {
    let settings: TLSSettings
    let serverName: String

    /// `nil` without TLS, which Unix sockets never have.
    init?(_ settings: TLSSettings?, at address: RedisAddress) {
        guard let settings, case .numeric(_, _, let host) = address else { return nil }
        self.settings = settings
        let name = settings.serverName ?? host
        // What resolvers take for "not relative to anything" is not part of the name in a certificate.
        serverName = name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}

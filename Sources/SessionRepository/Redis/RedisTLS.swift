import Foundation
package import RedisClient

/// A connection to Redis by TLS: whom to trust, and who we are. The server's certificate, and that it is for the name
/// that was connected to, are always verified.
///
/// Files are in PEM. They are read at each connection, so that renewed ones come into use without a restart. In a
/// `rediss` URL they are its query: `?ca=file`, `&cert=file&key=file`, `&name=server-name`.
///
/// TLS is there when the package is built with its trait `TLS`, which needs hiredis 1.x with SSL, and OpenSSL. A
/// `RedisServer` with TLS is refused otherwise.
public struct RedisTLS: Hashable, Sendable {
    /// The certificate authorities that may have signed the server's certificate; `nil` for those that the system
    /// trusts.
    public var authoritiesFile: String?
    /// What we show to a server that asks for it (`tls-auth-clients`).
    public var clientCertificate: ClientCertificate?
    /// The name or address that the server's certificate must be for; `nil` for the host that is connected to.
    public var serverName: String?

    /// A certificate and the key that proves it ours.
    public struct ClientCertificate: Hashable, Sendable {
        /// The certificate, followed by those that lead from it to an authority the server knows.
        public var certificateFile: String
        /// Its private key, without a passphrase.
        public var privateKeyFile: String

        /// Both are paths of PEM files.
        public init(certificateFile: String, privateKeyFile: String) {
            self.certificateFile = certificateFile
            self.privateKeyFile = privateKeyFile
        }
    }

    /// Trusts what the system trusts, shows no certificate and expects the host's name, unless told otherwise.
    public init(
        authoritiesFile: String? = nil, clientCertificate: ClientCertificate? = nil, serverName: String? = nil
    ) {
        self.authoritiesFile = authoritiesFile
        self.clientCertificate = clientCertificate
        self.serverName = serverName
    }
}

extension RedisTLS {
    /// - Throws: `invalidConfiguration`.
    init(query: [URLQueryItem]) throws(SessionRepositoryError) {
        var values: [String: String] = [:]
        for item in query {
            guard ["ca", "cert", "key", "name"].contains(item.name), let value = item.value, values[item.name] == nil
            else {
                throw RedisServer.invalidURL("its query can only be ca=file, cert=file and key=file, name=server-name")
            }
            values[item.name] = value
        }
        self.init(authoritiesFile: values["ca"], serverName: values["name"])
        switch (values["cert"], values["key"]) {
        case (let certificate?, let key?):
            clientCertificate = ClientCertificate(certificateFile: certificate, privateKeyFile: key)
        case (nil, nil):
            break
        default:
            throw RedisServer.invalidURL("a client certificate is cert=file and key=file, never one of them")
        }
    }

    /// - Throws: `invalidConfiguration` for what cannot be, and for all in a build without TLS. Whether the files can be
    ///   used is for later.
    package func settings() throws(SessionRepositoryError) -> TLSSettings {
        guard TLSSettings.isSupported else { throw Self.invalid(TLSSettings.missing) }
        let files = [authoritiesFile, clientCertificate?.certificateFile, clientCertificate?.privateKeyFile]
        guard files.compactMap(\.self).allSatisfy({ !$0.isEmpty && !$0.utf8.contains(0) }) else {
            throw Self.invalid("the name of a file must not be empty")
        }
        if let serverName {
            guard (1...253).contains(serverName.utf8.count),
                !serverName.utf8.contains(where: { $0 <= 32 || $0 == 127 })
            else { throw Self.invalid("the server's name must be a host name or an IP address") }
        }
        return TLSSettings(
            authoritiesFile: authoritiesFile,
            clientCertificate: clientCertificate.map {
                .init(certificateFile: $0.certificateFile, privateKeyFile: $0.privateKeyFile)
            },
            serverName: serverName)
    }

    /// - Throws: `invalidConfiguration`, naming the file that cannot be used.
    static func check(_ server: RedisServer) throws(SessionRepositoryError) {
        if let problem = server.tls?.problem() { throw invalid(problem) }
    }

    private static func invalid(_ problem: String) -> SessionRepositoryError {
        .invalidConfiguration(setting: "Redis TLS", problem: problem)
    }
}

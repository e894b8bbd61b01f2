/// What an embedded Redis shows to those who connect by TLS, and what it wants to see. Files in PEM.
package struct EmbeddedRedisTLS: Sendable {
    package var certificateFile: String
    package var privateKeyFile: String
    /// Who may have signed clients' certificates.
    package var authoritiesFile: String
    /// Whether clients must have one.
    package var wantsClientCertificate: Bool

    package init(
        certificateFile: String, privateKeyFile: String, authoritiesFile: String, wantsClientCertificate: Bool = false
    ) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.authoritiesFile = authoritiesFile
        self.wantsClientCertificate = wantsClientCertificate
    }

    func lines(port: Int) -> [String] {
        [
            "tls-port \(port)",
            "tls-cert-file \(EmbeddedRedisOptions.quoted(certificateFile))",
            "tls-key-file \(EmbeddedRedisOptions.quoted(privateKeyFile))",
            "tls-ca-cert-file \(EmbeddedRedisOptions.quoted(authoritiesFile))",
            "tls-auth-clients \(wantsClientCertificate ? "yes" : "no")",
        ]
    }
}

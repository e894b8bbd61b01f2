#if TLS
import EmbeddedRedis
import Foundation

/// A certificate authority of the tests, and what it signed; made anew by each run of the tests with `openssl`.
struct TestCertificates: Sendable {
    static let shared = Task { try await TestCertificates() }

    /// Their files are in the directory of this server, which needs none, and go with it when the process ends.
    private let home: EmbeddedRedis
    private var directory: String { home.directory }

    /// What the tests' servers can be, and the tests' clients.
    enum Subject: String, CaseIterable {
        /// For `localhost` and 127.0.0.1.
        case server
        case wrongName = "wrong-name"
        /// The right name, but only where it no longer counts.
        case nameInSubject = "name-in-subject"
        case expired
        /// As `server`, but signed by the other authority.
        case successor
        case client

        var alternativeNames: String? {
            switch self {
            case .server, .expired, .successor: "DNS:localhost,IP:127.0.0.1"
            case .wrongName: "DNS:other.example,IP:127.0.0.2"
            case .client: "DNS:client.example"
            case .nameInSubject: nil
            }
        }

        fileprivate var authority: String { self == .successor ? "stranger" : "authority" }
        var commonName: String { self == .nameInSubject ? "localhost" : rawValue }
        var life: (start: String, end: String) {
            self == .expired ? ("20200101000000Z", "20200102000000Z") : ("20200101000000Z", "20991231000000Z")
        }
    }

    private init() async throws {
        home = try await EmbeddedRedis.start()
        try await makeAuthority("authority")
        try await makeAuthority("stranger")
        for subject in Subject.allCases { try await make(subject) }
        try await openssl(
            "ec", "-in", file("client.key"), "-out", file("locked.key"), "-aes256", "-passout", "pass:correct horse")
    }

    func file(_ name: String) -> String { "\(directory)/\(name)" }
    func certificate(_ subject: Subject) -> String { file("\(subject.rawValue).pem") }
    func key(_ subject: Subject) -> String { file("\(subject.rawValue).key") }
    var authorities: String { file("authority.pem") }
    /// Has signed only `successor`.
    var stranger: String { file("stranger.pem") }

    func server(_ subject: Subject = .server, wantsClientCertificate: Bool = false) -> EmbeddedRedisTLS {
        EmbeddedRedisTLS(
            certificateFile: certificate(subject), privateKeyFile: key(subject), authoritiesFile: authorities,
            wantsClientCertificate: wantsClientCertificate)
    }

    private func makeAuthority(_ name: String) async throws {
        let settings = """
            [req]
            distinguished_name = none
            x509_extensions = extensions
            [none]
            [extensions]
            basicConstraints = critical,CA:TRUE
            keyUsage = critical,keyCertSign
            [ca]
            default_ca = \(name)
            [\(name)]
            database = \(file("\(name).index"))
            new_certs_dir = \(directory)
            certificate = \(file("\(name).pem"))
            private_key = \(file("\(name).key"))
            rand_serial = yes
            default_md = sha256
            policy = any
            unique_subject = no
            copy_extensions = copy
            [any]
            commonName = supplied
            """
        try Data(settings.utf8).write(to: URL(filePath: file("\(name).conf")))
        try Data().write(to: URL(filePath: file("\(name).index")))
        try await openssl(
            "req", "-x509", "-config", file("\(name).conf"), "-subj", "/CN=\(name)", "-days", "2", "-nodes",
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", file("\(name).key"),
            "-out", file("\(name).pem"))
    }

    private func make(_ subject: Subject) async throws {
        let authority = subject.authority
        let request = file("\(subject.rawValue).csr")
        var arguments = [
            "req", "-new", "-config", file("\(authority).conf"), "-subj", "/CN=\(subject.commonName)", "-nodes",
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", key(subject), "-out", request,
        ]
        if let names = subject.alternativeNames { arguments += ["-addext", "subjectAltName=\(names)"] }
        try await openssl(arguments)
        try await openssl(
            "ca", "-batch", "-notext", "-config", file("\(authority).conf"), "-in", request,
            "-out", certificate(subject), "-startdate", subject.life.start, "-enddate", subject.life.end)
    }

    private func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await runCommand("openssl", arguments)
        guard result.status == 0 else { throw Failure(arguments: arguments, text: result.standardError) }
    }

    struct Failure: Error {
        let arguments: [String]
        let text: String
    }
}

extension EmbeddedRedisOptions {
    /// A server that is reached by TLS only, but for its Unix socket.
    static func tls(_ tls: EmbeddedRedisTLS) -> EmbeddedRedisOptions {
        var options = EmbeddedRedisOptions(listensOnPort: true)
        options.tls = tls
        return options
    }
}
#endif

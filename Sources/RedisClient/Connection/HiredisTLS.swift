#if TLS
import CHiredisSSL

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// The only file that knows OpenSSL's types and hiredis' use of them.
//
// hiredis alone accepts a certificate for another host, and tells of a failure with whatever errno holds. So the OpenSSL
// session is made here, with the name to verify; hiredis is given it and reads and writes through it; the handshake is
// driven here before hiredis sees a command, and what failed is read from OpenSSL.

/// The TLS session of one hiredis context. Belongs to the context's thread.
struct HiredisTLS {
    static let isSupported = true

    /// hiredis' context frees it, and outlives this value: both are in one `HiredisSocket`.
    private let session: OpaquePointer
    private let serverName: String

    /// Begins the handshake on a socket that is connected.
    /// - Parameter context: a `redisContext`.
    static func begin(on context: UnsafeMutableRawPointer, as identity: TLSIdentity) throws(RedisError) -> HiredisTLS? {
        let shared = try sharedPart(of: identity.settings)
        // The session keeps it alive.
        defer { SSL_CTX_free(shared) }
        guard let session = SSL_new(shared) else { throw outOfMemory }
        let tls = HiredisTLS(session: session, serverName: identity.serverName)
        do throws(RedisError) {
            guard tls.expectServerName() else {
                throw .unavailable(reason: "TLS: no certificate can be for the name \(identity.serverName)")
            }
            guard sr_initiate_tls(context, session) == 0 else {
                throw tls.failure(else: "TLS handshake: it cannot begin")
            }
            return tls
        } catch {
            SSL_free(session)
            throw error
        }
    }

    static func check(_ settings: TLSSettings) throws(RedisError) {
        SSL_CTX_free(try sharedPart(of: settings))
    }

    // MARK: Driving

    /// OpenSSL takes any error that is left on the thread for one of the next call: to be called before each.
    func prepare() { ERR_clear_error() }

    /// Goes on with the handshake. Only once it is `true` may anything be sent.
    func handshake() throws(RedisError) -> Bool {
        prepare()
        errno = 0
        let status = SSL_do_handshake(session)
        if status == 1 { return true }
        switch SSL_get_error(session, status) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            return false
        default:
            let reason = errno == 0 ? "the server closed the connection" : String(cString: strerror(errno))
            throw failure(else: "TLS handshake: \(reason)")
        }
    }

    /// What the last call waits for; only after one that did not fail.
    var wants: TLSWants {
        switch SSL_want(session) {
        case SSL_READING: .reading
        case SSL_WRITING: .writing
        default: .nothing
        }
    }

    /// Whether there are bytes to read that `poll` does not see, because they have left the socket already.
    var hasDecrypted: Bool { SSL_pending(session) > 0 }

    /// Why the last call failed; `reason` where OpenSSL does not know better.
    func failure(else reason: String) -> RedisError {
        let verdict = SSL_get_verify_result(session)
        guard verdict != Int(X509_V_OK) else {
            return .unavailable(reason: Self.lastError.map { "TLS: \($0)" } ?? reason)
        }
        let problem = X509_verify_cert_error_string(verdict).map { String(cString: $0) } ?? "error \(verdict)"
        return .unavailable(reason: "TLS: the certificate of \(serverName) does not verify: \(problem)")
    }
}

// MARK: - Setting up

extension HiredisTLS {
    /// What all sessions with these settings have in common.
    private static func sharedPart(of settings: TLSSettings) throws(RedisError) -> OpaquePointer {
        ERR_clear_error()
        guard let shared = SSL_CTX_new(TLS_client_method()) else { throw outOfMemory }
        do throws(RedisError) {
            sr_tls_harden(shared)
            try trust(settings.authoritiesFile, in: shared)
            if let certificate = settings.clientCertificate { try present(certificate, in: shared) }
            return shared
        } catch {
            SSL_CTX_free(shared)
            throw error
        }
    }

    private static func trust(_ file: String?, in shared: OpaquePointer) throws(RedisError) {
        guard let file else {
            guard SSL_CTX_set_default_verify_paths(shared) == 1 else {
                throw unusable("the system's certificate authorities")
            }
            return
        }
        guard SSL_CTX_load_verify_locations(shared, file, nil) == 1 else {
            throw unusable("the file of certificate authorities, \(file),")
        }
    }

    private static func present(
        _ certificate: TLSSettings.ClientCertificate, in shared: OpaquePointer
    ) throws(RedisError) {
        guard SSL_CTX_use_certificate_chain_file(shared, certificate.certificateFile) == 1 else {
            throw unusable("the client certificate, \(certificate.certificateFile),")
        }
        guard SSL_CTX_use_PrivateKey_file(shared, certificate.privateKeyFile, SSL_FILETYPE_PEM) == 1 else {
            throw unusable("the client's private key, \(certificate.privateKeyFile),")
        }
    }

    /// Whom the certificate must be for. Names in its subject do not count, nor do wildcards for a part of a label.
    private func expectServerName() -> Bool {
        let rules = SSL_get0_param(session)
        X509_VERIFY_PARAM_set_hostflags(
            rules, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        // Fails for everything but an address.
        if X509_VERIFY_PARAM_set1_ip_asc(rules, serverName) == 1 { return true }
        // OpenSSL would take an empty name for "any".
        guard !serverName.isEmpty else { return false }
        return SSL_set1_host(session, serverName) == 1 && sr_tls_announce(session, serverName) == 1
    }
}

// MARK: - What went wrong

extension HiredisTLS {
    private static var outOfMemory: RedisError { .unavailable(reason: "OpenSSL is out of memory") }

    private static func unusable(_ what: String) -> RedisError {
        .unavailable(reason: "\(what) cannot be used: \(lastError ?? "unknown error")")
    }

    /// The text of the oldest error: the later ones only say where it came through.
    private static var lastError: String? {
        let code = ERR_peek_error()
        guard code != 0 else { return nil }
        if let text = ERR_reason_error_string(code) { return String(cString: text) }
        let number = sr_system_error(code)
        return number == 0 ? "OpenSSL error \(code)" : String(cString: strerror(number))
    }
}
#endif

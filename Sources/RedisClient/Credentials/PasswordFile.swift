#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension CredentialSource {
    /// A file with nothing but the password, which may end with a line break. It is read on a thread of its own: the file
    /// system may be slow.
    package static func passwordFile(_ path: String, username: String?) -> CredentialSource {
        CredentialSource("the password file \(path)") { deliver in
            let started = DetachedThread.start(name: "redis-password") {
                deliver(PasswordFile.password(in: path).map { Credentials(username: username, password: $0) })
            }
            if !started { deliver(.failure(CredentialProblem("the system has no thread to give"))) }
        }
    }
}

enum PasswordFile {
    /// Redis takes no longer argument of AUTH before the log-in.
    private static let maximumBytes = 16 << 10

    static func password(in path: String) -> Result<Secret, CredentialProblem> {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return .failure(CredentialProblem(String(cString: strerror(errno)))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var page = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= maximumBytes {
            let count = page.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count >= 0 else { return .failure(CredentialProblem(String(cString: strerror(errno)))) }
            if count == 0 { break }
            bytes += page.prefix(count)
        }
        guard bytes.count <= maximumBytes else { return .failure(CredentialProblem("it is longer than 16 KiB")) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return .failure(CredentialProblem("it is not UTF-8"))
        }
        let password = text.last?.isNewline == true ? String(text.dropLast()) : text
        return password.isEmpty ? .failure(CredentialProblem("it is empty")) : .success(Secret(password))
    }
}

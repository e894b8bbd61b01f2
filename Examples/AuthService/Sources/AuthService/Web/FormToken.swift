import Crypto
import Foundation
import SessionRepository

/// What a form of ours carries and another site cannot know: bound to the session that the page was made for.
struct FormToken: Sendable {
    private let key: SymmetricKey

    init(key: SymmetricKey) {
        self.key = key
    }

    func token(for session: SessionID) -> String {
        Data(code(for: session)).base64EncodedString()
    }

    /// In constant time.
    func isValid(_ token: String?, for session: SessionID) -> Bool {
        guard let token, let code = Data(base64Encoded: token) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Data(session.description.utf8), using: key)
    }

    private func code(for session: SessionID) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data(session.description.utf8), using: key)
    }
}

/// A form of a signed-in page.
protocol ProtectedForm: Decodable {
    var csrf: String? { get }
}

/// A form with nothing but its token.
struct BareForm: ProtectedForm {
    let csrf: String?
}

import Crypto
import Foundation

/// One key of HMAC-SHA-256, with the name that tokens carry.
public struct RefreshTokenKey: Sendable {
    /// 1 to 16 letters, digits, `-` or `_`; tokens show it.
    public let id: String
    private let key: SymmetricKey

    /// A key that was made before.
    /// - Parameters:
    ///   - id: 1 to 16 letters, digits, `-` or `_`, unlike that of any other key in use.
    ///   - bytes: 32 to 128 random bytes.
    /// - Throws: `invalidConfiguration`; its text holds no key.
    public init(id: String, bytes: [UInt8]) throws(SessionRepositoryError) {
        guard (1...16).contains(id.utf8.count), id.utf8.allSatisfy(Base64URL.isDigit) else {
            throw .invalidConfiguration(
                setting: "refresh-token key ID", problem: "it must be 1 to 16 letters, digits, - or _")
        }
        guard (32...128).contains(bytes.count) else {
            throw .invalidConfiguration(setting: "refresh-token key \(id)", problem: "it must have 32 to 128 bytes")
        }
        self.id = id
        key = SymmetricKey(data: bytes)
    }

    /// A new key: 256 bits of the operating system's cryptographic generator.
    /// - Throws: `invalidConfiguration` for an ID out of form.
    public static func generate(id: String) throws(SessionRepositoryError) -> RefreshTokenKey {
        try RefreshTokenKey(id: id, bytes: SymmetricKey(size: .bits256).withUnsafeBytes(Array.init))
    }

    /// The key itself in base64url, for the one place that keeps it secret.
    public var secretText: String { Base64URL.encode(key.withUnsafeBytes(Array.init)) }

    func authenticationCode(for text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    func isValid(_ code: [UInt8], for text: String) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(text.utf8), using: key)
    }
}

extension RefreshTokenKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The ID, without the key.
    public var description: String { id }
    /// The ID, without the key.
    public var debugDescription: String { description }
    /// Empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Base64url without padding (RFC 4648 §5), each value in exactly one spelling.
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy(isDigit) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let bytes = Data(base64Encoded: standard).map(Array.init), encode(bytes) == text else { return nil }
        return bytes
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

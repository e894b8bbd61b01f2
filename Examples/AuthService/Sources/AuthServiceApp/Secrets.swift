import ArgumentParser
import Crypto
import Foundation
import SessionRepository

/// The keys, which come from the environment and are shown nowhere.
enum Secrets {
    static func secret(_ environment: [String: String]) throws -> SymmetricKey {
        guard let text = environment["AUTH_SERVICE_SECRET"] else { return SymmetricKey(size: .bits256) }
        guard let bytes = Data(base64Encoded: text), bytes.count >= 32 else {
            throw ValidationError("AUTH_SERVICE_SECRET must be 32 bytes or more in base64: openssl rand -base64 32")
        }
        return SymmetricKey(data: bytes)
    }

    static func refreshTokenKeys(_ environment: [String: String]) throws -> RefreshTokenKeys {
        guard let text = environment["AUTH_SERVICE_REFRESH_KEYS"] else {
            return try RefreshTokenKeys(signing: .generate(id: "process"))
        }
        return try RefreshTokenKeys(text)
    }
}

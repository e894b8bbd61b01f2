import Foundation
import Testing

@testable import SessionRepository

@Suite("Refresh tokens and their keys")
struct RefreshTokenTests {
    private let old: RefreshTokenKey
    private let new: RefreshTokenKey
    private let claims: RefreshTokenClaims

    init() throws {
        old = try .generate(id: "k1")
        new = try .generate(id: "k2")
        claims = RefreshTokenClaims(sessionID: SessionID(for: try UserID("user-42")), generation: 41)
    }

    private func bound(
        _ keys: RefreshTokenKeys, keyPrefix: String = "sr", deployment: String? = nil
    ) -> BoundRefreshTokenKeys {
        BoundRefreshTokenKeys(keys, keyPrefix: keyPrefix, deployment: deployment)
    }

    @Test("A token has the documented form and says what was signed")
    func form() throws {
        let keys = bound(try RefreshTokenKeys(signing: new))
        let token = keys.issue(claims)
        #expect(token.text.hasPrefix("srt1_k2.\(claims.sessionID).15."))
        #expect(token.text.utf8.count <= RefreshToken.maximumBytes)
        #expect(keys.verify(token) == claims)
    }

    @Test("After a change of keys old tokens verify until their key is removed")
    func keyRotation() throws {
        let token = bound(try RefreshTokenKeys(signing: old)).issue(claims)
        #expect(try bound(RefreshTokenKeys(signing: new, verifying: [old])).verify(token) == claims)
        #expect(try bound(RefreshTokenKeys(signing: new)).verify(token) == nil)
    }

    @Test("A key of the same ID with other bytes verifies nothing")
    func otherKey() throws {
        let token = bound(try RefreshTokenKeys(signing: old)).issue(claims)
        #expect(try bound(RefreshTokenKeys(signing: .generate(id: "k1"))).verify(token) == nil)
    }

    @Test("With the same keys, a token of another key prefix or deployment is forged")
    func deployment() throws {
        let keys = try RefreshTokenKeys(signing: new)
        let places: [(keyPrefix: String, deployment: String?)] = [
            ("sr", nil), ("sr", "staging"), ("sr", "production"), ("srs", "taging"), ("sr2", nil), ("srstaging", nil),
        ]
        for (number, place) in places.enumerated() {
            let token = bound(keys, keyPrefix: place.keyPrefix, deployment: place.deployment).issue(claims)
            for (other, reader) in places.enumerated() {
                let found = bound(keys, keyPrefix: reader.keyPrefix, deployment: reader.deployment).verify(token)
                #expect(found == (number == other ? claims : nil), "\(place), \(reader)")
            }
        }
    }

    @Test("A token that differs anywhere, by one character, more or less, is forged")
    func everyChange() throws {
        let keys = bound(try RefreshTokenKeys(signing: new))
        let text = keys.issue(claims).text
        for position in text.indices {
            for replacement: Character in ["A", "b", "0", ".", "\u{0}", "é"] where text[position] != replacement {
                let changed = text.replacingCharacters(in: position...position, with: String(replacement))
                #expect(keys.verify(RefreshToken(changed)) == nil)
            }
            #expect(keys.verify(RefreshToken(String(text[..<position]))) == nil)
        }
        for text in ["", "srt1_", "srt1_....", "....", text + "A", text + ".", " " + text, text + text] {
            #expect(keys.verify(RefreshToken(text)) == nil)
        }
    }

    @Test("The text form of keys reads back, the first key signs")
    func textForm() throws {
        let keys = bound(try RefreshTokenKeys("k2:\(new.secretText),k1:\(old.secretText)"))
        #expect(keys.issue(claims).text.hasPrefix("srt1_k2."))
        #expect(try keys.verify(bound(RefreshTokenKeys(signing: old)).issue(claims)) == claims)
    }

    @Test(
        "Keys out of form are refused without showing them",
        arguments: ["", "k1", "k1:", "k1:short", ":AAAA", "k 1:", "k1:!!!!", "k1:AAAA,", "waytoolongkeyidentifier:"])
    func badKeys(prefix: String) {
        let secret = String(repeating: "Q", count: 43)
        let text = prefix.hasSuffix(":") && prefix != "k1:" ? prefix + secret : prefix
        do {
            _ = try RefreshTokenKeys(text)
            Issue.record("\(prefix) must be refused")
        } catch {
            #expect(error.code == "invalidConfiguration")
            #expect(!error.description.contains(secret))
        }
    }

    @Test("Two keys cannot share an ID")
    func duplicateID() {
        #expect(throws: SessionRepositoryError.self) {
            try RefreshTokenKeys(signing: old, verifying: [.generate(id: "k1")])
        }
    }

    @Test("Neither a token nor a key shows itself when printed, dumped or interpolated")
    func masked() throws {
        let keys = try RefreshTokenKeys(signing: new, verifying: [old])
        let token = bound(keys).issue(claims)
        var dumped = ""
        dump(token, to: &dumped)
        dump(keys, to: &dumped)
        dump(bound(keys), to: &dumped)
        dump(new, to: &dumped)
        dump(CreatedToken(token: token, keys: keys, key: new), to: &dumped)
        dumped += "\(token) \(keys) \(new) \(String(reflecting: token)) \(String(reflecting: keys))"
        for secret in [new.secretText, old.secretText, token.text, String(token.text.suffix(43))] {
            #expect(!dumped.contains(secret))
        }
    }

    private struct CreatedToken {
        let token: RefreshToken
        let keys: RefreshTokenKeys
        let key: RefreshTokenKey
    }
}

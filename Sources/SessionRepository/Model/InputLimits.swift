package import Foundation

/// What the repository accepts. All sizes are bytes of UTF-8. Every check runs before anything is sent to Redis.
package enum InputLimits {
    package static let identifierBytes = 256
    package static let deviceNameBytes = 256
    package static let userAgentBytes = 1024
    package static let reasonBytes = 512
    package static let attributeCount = 32
    package static let attributeNameBytes = 64
    package static let attributeValueBytes = 1024
    /// In force at the same time; bounds how long listing them can hold Redis.
    package static let grantsPerOrganization = 1000
    package static let longestLifetime = Duration.seconds(400 * 86_400)

    package static func identifier(_ text: String, field: String) throws(SessionRepositoryError) -> String {
        guard (1...identifierBytes).contains(text.utf8.count) else {
            throw .invalidInput(field: field, problem: "it must have 1 to \(identifierBytes) bytes")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .invalidInput(field: field, problem: "it must not contain control characters")
        }
        return text
    }

    package static func reason(_ text: String?) throws(SessionRepositoryError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count <= reasonBytes else {
            throw .invalidInput(field: "reason", problem: "it must have at most \(reasonBytes) bytes")
        }
        return text
    }

    /// Who did something, where that is recorded.
    package static func actor(_ text: String?, field: String = "by") throws(SessionRepositoryError) -> String? {
        guard let text else { return nil }
        return try identifier(text, field: field)
    }

    /// Milliseconds, rounded up: a lifetime below one millisecond must not become none, nor "for ever".
    package static func lifetime(_ duration: Duration, field: String) throws(SessionRepositoryError) -> Int64 {
        guard duration > .zero, duration <= longestLifetime else {
            throw .invalidInput(field: field, problem: "it must be positive and at most 400 days")
        }
        return duration.wholeMilliseconds
    }

    /// Unix milliseconds.
    package static func time(_ date: Date, field: String) throws(SessionRepositoryError) -> Int64 {
        guard let milliseconds = date.unixMilliseconds else {
            throw .invalidInput(field: field, problem: "it must be a time from 1970 to 9999")
        }
        return milliseconds
    }

    package static func authenticatedAt(_ date: Date?) throws(SessionRepositoryError) -> Int64? {
        guard let date else { return nil }
        return try time(date, field: "authenticatedAt")
    }

    package static func pageSize(_ limit: Int) throws(SessionRepositoryError) -> Int {
        guard (1...1000).contains(limit) else {
            throw .invalidInput(field: "limit", problem: "it must be 1 to 1,000")
        }
        return limit
    }

    /// The session that a bulk termination spares.
    package static func kept(_ id: SessionID?, of user: UserID) throws(SessionRepositoryError) -> SessionID? {
        guard let id else { return nil }
        guard id.mayBelong(to: user) else {
            throw .invalidInput(field: "session to keep", problem: "it is not a session of this user")
        }
        return id
    }

    /// Cuts to `limit` bytes between two characters. Device names and user agents come from clients, and a long one
    /// must not keep its user from logging in.
    package static func cut(_ text: String?, to limit: Int) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count > limit else { return text }
        var bytes = 0
        let kept = text.prefix { character in
            bytes += character.utf8.count
            return bytes <= limit
        }
        return kept.isEmpty ? nil : String(kept)
    }

    /// The address in its canonical spelling, for callers who can correct it. What clients and proxies send goes through
    /// `ClientAddress.canonical`, which refuses nobody.
    package static func ipAddress(_ text: String?) throws(SessionRepositoryError) -> String? {
        guard let text else { return nil }
        guard let address = ClientAddress.plain(text) else {
            throw .invalidInput(field: "IP address", problem: "it must be an IPv4 or IPv6 address")
        }
        return address
    }

    package static func attributes(_ attributes: [String: String]) throws(SessionRepositoryError) -> [String: String] {
        guard attributes.count <= attributeCount else {
            throw .invalidInput(field: "attributes", problem: "there can be at most \(attributeCount)")
        }
        for (name, value) in attributes {
            guard (1...attributeNameBytes).contains(name.utf8.count) else {
                throw .invalidInput(
                    field: "attribute name", problem: "it must have 1 to \(attributeNameBytes) bytes")
            }
            guard value.utf8.count <= attributeValueBytes else {
                throw .invalidInput(
                    field: "attribute \(name)", problem: "its value must have at most \(attributeValueBytes) bytes")
            }
        }
        return attributes
    }
}

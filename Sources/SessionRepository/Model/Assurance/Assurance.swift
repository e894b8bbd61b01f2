import Foundation

/// How sure the service is of who uses a session, and by what it became so. The words are the application's.
package struct Assurance: Hashable, Sendable {
    /// Of the login.
    package var level: String?
    /// Of the login.
    package var methods: [String]
    /// In force while there is one.
    package var elevation: Elevation?

    package init(level: String?, methods: [String], elevation: Elevation? = nil) {
        self.level = level
        self.methods = methods
        self.elevation = elevation
    }

    /// `nil` where nothing is recorded.
    package var recorded: Assurance? {
        level == nil && methods.isEmpty && elevation == nil ? nil : self
    }
}

/// A higher level for a while.
package struct Elevation: Hashable, Sendable {
    package let level: String
    package let methods: [String]
    /// Unix milliseconds, by Redis' clock.
    package let until: Int64

    package init(level: String, methods: [String], until: Int64) {
        self.level = level
        self.methods = methods
        self.until = until
    }

    /// `<until> <level> <method> <method> …`, as a record has it.
    package init?(stored text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2, words.allSatisfy({ !$0.isEmpty }),
            words[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let until = Int64(words[0]), Date.recordable.contains(until)
        else { return nil }
        self.init(level: String(words[1]), methods: words[2...].map(String.init), until: until)
    }
}

extension Session {
    /// Without an elevation that is over at `now`, Unix milliseconds.
    package func standing(at now: Int64) -> Session {
        guard var assurance, let elevation = assurance.elevation, elevation.until <= now else { return self }
        assurance.elevation = nil
        return with { $0.assurance = assurance.recorded }
    }

    /// Without an elevation that is over by this process' clock, which is not asked where there is none.
    package var standing: Session {
        guard assurance?.elevation != nil else { return self }
        return standing(at: Date().unixMilliseconds ?? .max)
    }
}

import Configuration
import SessionRepository

/// Reads settings, each in its form. What is there but has another form is an error, which names the key and never the
/// value; `ConfigReader` by itself would take it for missing.
struct SettingReader {
    let config: ConfigReader

    /// `nil` when it is not there. An empty one is not there: that is how variables are unset in many places.
    func text(_ key: SettingKey) throws(SessionRepositoryError) -> String? {
        let text = try value(key, form: "text") { config.string(forKey: $0, isSecret: $1) }
        return text?.isEmpty == true ? nil : text
    }

    func number(_ key: SettingKey) throws(SessionRepositoryError) -> Int? {
        try value(key, form: "a whole number") { config.int(forKey: $0, isSecret: $1) }
    }

    func flag(_ key: SettingKey) throws(SessionRepositoryError) -> Bool? {
        try value(key, form: "true or false") { config.bool(forKey: $0, isSecret: $1) }
    }

    func list(_ key: SettingKey) throws(SessionRepositoryError) -> [String]? {
        try value(key, form: "a list of texts") { config.stringArray(forKey: $0, isSecret: $1) }
    }

    func duration(_ key: SettingKey) throws(SessionRepositoryError) -> Duration? {
        guard let text = try value(key, form: DurationText.form, read: { config.string(forKey: $0, isSecret: $1) }),
            !text.isEmpty
        else { return nil }
        guard let duration = DurationText.duration(text) else { throw key.mustBe(DurationText.form) }
        return duration
    }

    private func value<Value>(
        _ key: SettingKey, form: String, read: (ConfigKey, _ isSecret: Bool) -> Value?
    ) throws(SessionRepositoryError) -> Value? {
        let name = ConfigKey(key.rawValue)
        if let value = read(name, key.isSecret) { return value }
        guard isThere(name, isSecret: key.isSecret) else { return nil }
        throw key.mustBe(form)
    }

    private func isThere(_ name: ConfigKey, isSecret: Bool) -> Bool {
        if let text = config.string(forKey: name, isSecret: isSecret) { return !text.isEmpty }
        return config.int(forKey: name, isSecret: isSecret) != nil
            || config.double(forKey: name, isSecret: isSecret) != nil
            || config.bool(forKey: name, isSecret: isSecret) != nil
            || config.bytes(forKey: name, isSecret: isSecret) != nil
            || config.stringArray(forKey: name, isSecret: isSecret) != nil
            || config.doubleArray(forKey: name, isSecret: isSecret) != nil
            || config.intArray(forKey: name, isSecret: isSecret) != nil
            || config.boolArray(forKey: name, isSecret: isSecret) != nil
    }
}

extension SettingKey {
    func invalid(_ problem: String) -> SessionRepositoryError {
        .invalidConfiguration(setting: rawValue, problem: problem)
    }

    func mustBe(_ form: String) -> SessionRepositoryError { invalid("it must be \(form)") }

    /// What `body` says about a part of the value, said of the key.
    func naming<Value>(
        _ body: () throws(SessionRepositoryError) -> Value
    ) throws(SessionRepositoryError) -> Value {
        do throws(SessionRepositoryError) {
            return try body()
        } catch .invalidConfiguration(_, let problem) {
            throw invalid(problem)
        }
    }
}

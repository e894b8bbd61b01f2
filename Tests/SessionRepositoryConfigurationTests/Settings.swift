import Configuration
import Testing

@testable import SessionRepository
@testable import SessionRepositoryConfiguration

/// A configuration from environment variables.
func configuration(_ variables: [String: String]) throws -> RedisSessionRepositoryConfiguration {
    let provider = EnvironmentVariablesProvider(environmentVariables: variables)
    return try RedisSessionRepositoryConfiguration(config: ConfigReader(provider: provider))
}

/// A server that is given, and nothing else.
let url = ["SESSION_REDIS_URL": "redis://127.0.0.1:6379"]

/// The key and the problem that `body` throws.
func refusal(
    sourceLocation: SourceLocation = #_sourceLocation,
    of body: () throws -> RedisSessionRepositoryConfiguration
) -> (key: String, problem: String)? {
    do {
        _ = try body()
        Issue.record("it was accepted", sourceLocation: sourceLocation)
    } catch SessionRepositoryError.invalidConfiguration(let key, let problem) {
        return (key, problem)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
    return nil
}

extension SettingKey {
    /// Its name in the environment: each word in capitals, after an underscore.
    var variable: String {
        rawValue.reduce(into: "") { name, character in
            if character == "." || (character.isUppercase && name.last?.isUppercase == true && !name.hasSuffix("_")) {
                name += "_"
            }
            if character != "." { name += character.uppercased() }
        }
    }
}

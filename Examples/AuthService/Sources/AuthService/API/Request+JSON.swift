import HTTPTypes
import Hummingbird
import SessionRepository

extension Request {
    /// The body, which must say that it is JSON: a form of another site can send text, but not this type.
    func json<Value: Decodable>(_ type: Value.Type, _ context: some RequestContext) async throws -> Value {
        let mediaType = headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard mediaType == "application/json" else { throw Problem.wrongMediaType }
        return try await decode(as: type, context: context)
    }
}

extension Parameters {
    /// - Throws: `invalidInput` for what is no session ID.
    func sessionID() throws -> SessionID { try SessionID(try require("session")) }

    func grantID() throws -> SupportAccessGrantID { try SupportAccessGrantID(try require("grant")) }
}

import Foundation
import HTTPTypes
import Hummingbird

/// What a client is told when the answer is no: a status, a stable word for programs and a sentence for people.
struct Problem: Error, Hashable {
    let status: HTTPResponse.Status
    let code: String
    let message: String
    /// Why the session ended, where that is the problem.
    var reason: String?
}

extension Problem {
    static let notSignedIn = Problem(status: .unauthorized, code: "notSignedIn", message: "Sign in first.")
    /// Forged, garbled or expired: deliberately one answer.
    static let invalidToken = Problem(
        status: .unauthorized, code: "invalidToken", message: "The access token is not valid; refresh it.")
    static let invalidRefreshToken = Problem(
        status: .unauthorized, code: "invalidRefreshToken", message: "Sign in again.")
    static let wrongPassword = Problem(
        status: .unauthorized, code: "wrongPassword", message: "The user name or the password is wrong.")
    static let supportAccessEnded = Problem(
        status: .unauthorized, code: "supportAccessEnded", message: "Support access has ended.")
    static let forbidden = Problem(status: .forbidden, code: "forbidden", message: "You may not do this.")
    static let wrongOrigin = Problem(
        status: .forbidden, code: "wrongOrigin", message: "The request comes from another site.")
    static let wrongFormToken = Problem(
        status: .forbidden, code: "wrongFormToken",
        message: "The form was not made for this session. Load the page again.")
    static let notFound = Problem(status: .notFound, code: "notFound", message: "There is no such thing.")
    static let tooLarge = Problem(
        status: .contentTooLarge, code: "tooLarge", message: "The request's body is too large.")
    static let wrongMediaType = Problem(
        status: .unsupportedMediaType, code: "wrongMediaType", message: "The body must be application/json.")
    static let defect = Problem(status: .internalServerError, code: "internal", message: "Something went wrong here.")

    static func invalidInput(_ message: String) -> Problem {
        Problem(status: .badRequest, code: "invalidInput", message: message)
    }

    static func sessionEnded(reason: String?) -> Problem {
        Problem(status: .unauthorized, code: "sessionEnded", message: "This session has ended.", reason: reason)
    }
}

extension Problem: HTTPResponseError {
    private struct Body: Encodable {
        struct Content: Encodable {
            let code: String
            let message: String
        }
        let error: Content
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        let body = Body(error: .init(code: code, message: message))
        var response = try context.responseEncoder.encode(body, from: request, context: context)
        response.status = status
        // RFC 6750 §3: what kind of credential is wanted.
        if status == .unauthorized {
            response.headers[.wwwAuthenticate] = self == .notSignedIn ? "Bearer" : "Bearer error=\"invalid_token\""
        }
        if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }
}

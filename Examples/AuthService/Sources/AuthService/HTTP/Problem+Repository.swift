import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import SessionRepository

extension Problem {
    /// Each error of the repository as HTTP says it. A store that does not answer is 503: nobody has been signed out.
    init(_ error: SessionRepositoryError) {
        let status: HTTPResponse.Status
        var message = error.description
        switch error {
        case .invalidInput: status = .badRequest
        case .loginSuperseded, .loginTicketExpired: status = .unauthorized
        case .supportAccessEnded, .supportAccessNotGranted: status = .forbidden
        case .sessionLimitReached, .supportAccessLimitReached, .sessionAlreadyEnded, .identifierTaken:
            status = .conflict
        case .storeUnavailable, .protocolFailure, .timedOut, .overloaded, .storeFull, .storeRefused, .cancelled,
            .shutDown:
            status = .serviceUnavailable
            // What is wrong with Redis is for the log.
            message = "We cannot check your session at the moment. You are still signed in; try again."
        case .corruptRecord, .invalidConfiguration:
            status = .internalServerError
            message = Problem.defect.message
        }
        self.init(status: status, code: error.code, message: message)
    }

    /// Whatever a handler threw. What is unexpected goes to the log and not to the client.
    init(_ error: any Error, logger: Logger) {
        switch error {
        case let problem as Problem: self = problem
        case let error as SessionRepositoryError:
            self.init(error)
            if status.kind == .serverError { logger.error("\(error)") }
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPError where error.status == .notFound: self = .notFound
        case let error as HTTPError where error.status.kind == .clientError:
            self.init(status: error.status, code: "badRequest", message: error.body ?? error.status.reasonPhrase)
        case is DecodingError: self = .invalidInput("The body does not have the expected form.")
        default:
            logger.error("\(error)")
            self = .defect
        }
    }
}

/// Turns what handlers throw into JSON that names the problem.
struct JSONProblems<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            return try Problem(error, logger: context.logger).response(from: request, context: context)
        }
    }
}

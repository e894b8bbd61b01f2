import ArgumentParser
import EmbeddedRedis
import SessionRepository

/// An error as the tool reports it.
struct Failure {
    /// A short, stable word for programs.
    let code: String
    let message: String
    let status: ExitStatus

    static let usageCode = "usage"

    init(_ error: any Error) {
        switch error {
        case let error as SessionRepositoryError:
            (code, message, status) = (error.code, error.description, ExitStatus(error))
        case let error as NotFound:
            (code, message, status) = ("unknown", error.description, .no)
        case let error as EmbeddedRedisError:
            (code, message, status) = ("storeUnavailable", error.description, .unavailable)
        case let error as CommandNotFound:
            (code, message, status) = ("commandNotFound", error.description, .unavailable)
        default:
            // The parser's errors have no public type, but its exit code tells them from any other.
            let isUsage = Sessionctl.exitCode(for: error) == .validationFailure
            code = isUsage ? Self.usageCode : "defect"
            message = Sessionctl.message(for: error)
            status = isUsage ? .usage : .defect
        }
    }

    var document: Document {
        Document(error: Document.Content(code: code, message: message))
    }

    struct Document: Encodable {
        let error: Content

        struct Content: Encodable {
            let code: String
            let message: String
        }
    }
}

/// What was asked for is not there. Not a failure of the store, and nothing to print on standard output.
struct NotFound: Error, CustomStringConvertible {
    let description: String
}

extension ExitStatus {
    init(_ error: SessionRepositoryError) {
        self =
            switch error {
            case .invalidInput, .invalidConfiguration:
                .usage
            case .loginSuperseded, .loginTicketExpired, .sessionLimitReached, .sessionAlreadyEnded, .identifierTaken,
                .supportAccessEnded,
                .supportAccessLimitReached, .supportAccessNotGranted:
                .no
            case .storeRefused("NOPERM", _), .storeRefused("NOAUTH", _), .storeRefused("WRONGPASS", _),
                .storeRefused("DENIED", _):
                .refused
            case .storeUnavailable, .protocolFailure, .timedOut, .overloaded, .storeFull, .storeRefused, .shutDown:
                .unavailable
            case .corruptRecord, .cancelled:
                .defect
            }
    }
}

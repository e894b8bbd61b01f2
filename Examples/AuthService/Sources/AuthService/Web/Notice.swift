/// What a page says after a form was sent. The address names one of these, so that it cannot be made to say anything
/// else.
enum Notice: String {
    case signedOut = "signed-out"
    case ended
    case expired
    case reuse
    case sessionEnded = "session-ended"
    case othersEnded = "others-ended"
    case allEnded = "all-ended"
    case alreadyOver = "already-over"
    case allowed
    case revoked
    case supportEnded = "support-ended"
    case left

    var text: String {
        switch self {
        case .signedOut: "You are signed out."
        case .ended: "You were signed out: this session was ended from another place."
        case .expired: "Your session has expired. Sign in again."
        case .reuse: "You were signed out, because this session’s key was used twice. Sign in again."
        case .sessionEnded: "The session has ended."
        case .othersEnded: "All other sessions have ended."
        case .allEnded: "All sessions have ended."
        case .alreadyOver: "That was over already."
        case .allowed: "Support access is allowed."
        case .revoked: "Support access is revoked."
        case .supportEnded: "Support access has ended."
        case .left: "You have left the support session."
        }
    }

    /// Why somebody finds themselves at the sign-in page; `nil` when they simply had not signed in.
    init?(_ problem: Problem) {
        guard problem.code == Problem.sessionEnded(reason: nil).code else { return nil }
        switch problem.reason {
        case "signedOut": self = .signedOut
        case "refreshTokenReuse": self = .reuse
        case nil: self = .expired
        default: self = .ended
        }
    }
}

/// How the tool ends. Thrown, it ends a command that has already said all there is to say.
enum ExitStatus: Int32, Error {
    case done = 0
    /// Unknown, not active, refused.
    case no = 1
    /// Bad usage or bad input.
    case usage = 64
    case unavailable = 69
    case defect = 70
    /// The store refuses these credentials or rights.
    case refused = 77
}

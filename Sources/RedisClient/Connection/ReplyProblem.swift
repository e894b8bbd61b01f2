/// Why a reply cannot be the answer to the command in whose place it came.
package enum ReplyProblem: Error, Hashable, Sendable {
    /// It has a form, or repeats an operation number, that an answer to this command never has.
    case misplaced(String)
    /// It names another subject. Either the reply is misplaced, or the store holds a record under the wrong key: the same
    /// answer on another connection tells.
    case foreign(String)
}

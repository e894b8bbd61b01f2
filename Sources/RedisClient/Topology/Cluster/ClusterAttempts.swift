/// Decides what becomes of a command that a cluster did not answer: pure, one for each command.
struct ClusterAttempts {
    enum Next: Equatable {
        /// Ask whoever serves the slot by then, after the pause.
        case again(pause: Duration, refresh: Bool)
        /// This node has the slot from now on.
        case moved(RedisEndpoint)
        /// This node knows the key, this once.
        case ask(RedisEndpoint)
        case fail(RedisError)
    }

    /// Redirections in a row: a healthy cluster needs two.
    static let maximumHops = 8

    let deadline: MonotonicTime
    let isIdempotent: Bool
    private var hops = 0
    private var pauses = 0
    private var mayHaveHappened = false

    init(deadline: MonotonicTime, isIdempotent: Bool) {
        self.deadline = deadline
        self.isIdempotent = isIdempotent
    }

    /// - Parameter node: who answered; `nil` when nobody was there to be asked.
    mutating func next(
        after error: RedisError, from node: RedisEndpoint?, now: MonotonicTime, addressMap: AddressMap = AddressMap()
    ) -> Next {
        if let node, let redirection = Redirection(error) {
            return follow(redirection, from: node, now: now, addressMap)
        }
        switch error {
        case .server(let code, _):
            switch code {
            case "TRYAGAIN", "LOADING", "MASTERDOWN": return pause(orFail: error, refresh: false, now: now)
            case "CLUSTERDOWN": return pause(orFail: error, refresh: true, now: now)
            default: return error.saysReadOnly ? pause(orFail: error, refresh: true, now: now) : .fail(error)
            }
        case .unavailable, .shutDown:
            // That a node's connection was shut down means that the node has left.
            return pause(orFail: node == nil ? error : .unavailable(reason: reason(error)), refresh: true, now: now)
        case .outcomeUnknown:
            guard isIdempotent else { return .fail(error) }
            mayHaveHappened = true
            return pause(orFail: error, refresh: true, now: now)
        case .unknownHost(let reason):
            // Of a node: others may know by now who took its place.
            return node == nil
                ? .fail(error) : pause(orFail: .unavailable(reason: reason), refresh: true, now: now)
        case .timedOut, .overloaded, .cancelled, .unexpectedReply, .protocolFailure, .foreignAnswer:
            return fail(error)
        }
    }

    private mutating func follow(
        _ redirection: Redirection, from node: RedisEndpoint, now: MonotonicTime, _ addressMap: AddressMap
    ) -> Next {
        hops += 1
        guard hops <= Self.maximumHops else {
            return fail(.unavailable(reason: "the cluster's nodes send us in circles"))
        }
        if redirection.host == .unknown {
            // The nodes have no name for it, but CLUSTER NODES may tell its address.
            return pause(
                orFail: .unavailable(reason: "the cluster does not tell the address of a node"), refresh: true,
                isRedirected: true, now: now)
        }
        guard let endpoint = redirection.endpoint(answeredBy: node, addressMap: addressMap) else {
            return fail(.unavailable(reason: "the cluster does not tell where a slot is"))
        }
        // It has not made up its mind: a node that lost a slot, or gets one, in this moment.
        if endpoint == node {
            return pause(
                orFail: .unavailable(reason: "a node of the cluster sends us to itself"), refresh: true,
                isRedirected: true, now: now)
        }
        return redirection.kind == .ask ? .ask(endpoint) : .moved(endpoint)
    }

    /// From two milliseconds to a hundred, doubling.
    private mutating func pause(
        orFail error: RedisError, refresh: Bool, isRedirected: Bool = false, now: MonotonicTime
    ) -> Next {
        let pause = Duration.milliseconds(min(2 << min(pauses, 6), 100))
        pauses += 1
        if !isRedirected { hops = 0 }
        guard now + pause < deadline else { return .fail(mayHaveHappened ? .timedOut : error) }
        return .again(pause: pause, refresh: refresh)
    }

    /// The two that promise that nothing happened cannot promise it when an earlier attempt may have done it.
    private func fail(_ error: RedisError) -> Next {
        switch error {
        case .unavailable, .overloaded: .fail(mayHaveHappened ? .timedOut : error)
        default: .fail(error)
        }
    }

    private func reason(_ error: RedisError) -> String {
        if case .unavailable(let reason) = error { reason } else { "the node has left the cluster" }
    }
}

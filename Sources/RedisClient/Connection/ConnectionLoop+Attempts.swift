import Logging

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Connecting to several addresses at once. Each attempt has a socket and a handshake of its own; the first that is
/// answered becomes the connection. A server that is stopped still accepts connections, so only an answer counts.
extension ConnectionLoop {
    func beginAttempt(at index: Int) {
        do throws(RedisError) {
            let socket = try HiredisSocket(
                connectingTo: addresses[index], tls: configuration.tls,
                userTimeout: configuration.commandTimeout + configuration.stallMargin,
                comparesSubjects: !configuration.assumptions.contains(.subjects), delegate: self)
            attempts.append(ConnectionAttempt(index: index, address: addresses[index], socket: socket))
        } catch {
            attemptLost(index, error)
        }
    }

    func endAttempts(where isEnded: (ConnectionAttempt) -> Bool = { _ in true }) {
        for attempt in attempts where isEnded(attempt) { attempt.socket.abort() }
        attempts.removeAll(where: isEnded)
    }

    /// The last one's failure is the connection's.
    private func attemptLost(_ index: Int, _ error: RedisError) {
        endAttempts { $0.index == index }
        let error = error.at("\(addresses[index])")
        logger.debug(
            "an address was tried in vain", metadata: .keyed([.endpoint: "\(source)", .redisError: "\(error)"]))
        // `race` still counts this attempt.
        guard machine.phase == .connecting, machine.race.isDecided else {
            return machine.attemptLost(index, error, now: now)
        }
        lose(error)
    }

    // MARK: Events

    /// - Parameter polled: for each attempt, in their order.
    func handleAttempts(_ polled: [pollfd]) {
        for (attempt, request) in zip(attempts, polled) where request.revents != 0 {
            do throws(RedisError) {
                try attempt.socket.handleEvents(request.revents)
                try attempt.socket.flush()
            } catch {
                guard socket === attempt.socket else {
                    attemptLost(attempt.index, error)
                    continue
                }
                deferredFailure = deferredFailure ?? error
            }
            // It has won, and the others are gone.
            if attempts.isEmpty { return }
        }
    }

    func socketConnected(_ connected: HiredisSocket) {
        guard let position = attempts.firstIndex(where: { $0.socket === connected }) else { return }
        let commands = login.begin(as: credentials)
        guard machine.race.isDecided else {
            attempts[position].handshake = (login, commands.count, now)
            return say(commands, on: connected)
        }
        adopt(attempts[position])
        connectedAt = now
        machine.connected(attempts[position].index, handshakeReplies: commands.count, now: now)
        attempts = []
        say(commands, on: connected)
    }

    /// The first reply decides the race.
    func firstReply(on answering: HiredisSocket) {
        guard let attempt = attempts.first(where: { $0.socket === answering }), let handshake = attempt.handshake
        else { return }
        adopt(attempt)
        login = handshake.login
        connectedAt = handshake.begunAt
        machine.connected(
            attempt.index, handshakeReplies: handshake.replies, askedAt: handshake.begunAt, now: now)
        endAttempts { $0.socket !== answering }
        attempts = []
    }

    private func adopt(_ attempt: ConnectionAttempt) {
        socket = attempt.socket
        place = attempt.address
        machine.place = "\(attempt.address)"
        connectionNumber += 1
    }
}

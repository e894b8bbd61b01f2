import Logging

/// What the socket tells.
extension ConnectionLoop {
    func socketConnected() {
        let commands = login.begin()
        connectedAt = now
        machine.connected(handshakeReplies: commands.count, now: now)
        say(commands)
    }

    private func say(_ commands: [RedisCommand]) {
        do throws(RedisError) {
            for command in commands { try socket?.send(command) }
        } catch {
            deferredFailure = error
        }
    }

    func socketReceived(_ reply: borrowing RedisReply) {
        // What follows damage, or the news that the server must not be asked, is not looked at.
        guard deferredFailure == nil else { return }
        guard !reply.isOfRESP3 else { return fail(.protocolFailure("a RESP3 reply came, for which nobody asked")) }
        if let subscription = configuration.subscription, subscription.takes(reply) { return }
        switch machine.replyArrived(isError: reply.isError) {
        case .answer(let request):
            stageAnswer(reply, to: request)
        case .part(let request):
            if let problem = request.stagePart(reply) { misplaced(problem) }
        case .discard:
            break
        case .nonce(let nonce):
            nonceReceived(reply, expecting: nonce)
        case .role:
            machine.roleArrived(
                problem: ServerRole.problem(reply, to: login.roleQuestion ?? .role, at: login.identity))
        case .handshake:
            handshakeReceived(reply)
        case .unexpected:
            fail(.protocolFailure("a reply came to no command"))
        }
        if !machine.limits.provesReplies { collectProved() }
    }

    private func fail(_ error: RedisError) {
        deferredFailure = deferredFailure ?? error
    }

    private func stageAnswer(_ reply: borrowing RedisReply, to request: any PendingCommand) {
        if reply.isError, let error = reply.error, let reason = error.reasonToLeave {
            // The command was refused: it may be sent again elsewhere.
            machine.lastWasRefused()
            return fail(.unavailable(reason: reason))
        }
        // Where a reply is missing, the nonce behind it comes in its place. Otherwise nothing more may come, and nobody
        // would notice before the deadline.
        if reply.mayRepeatNonce, let nonce = machine.proofs.pendingNonce, reply.repeats(nonce) {
            return fail(.protocolFailure("a reply is missing"))
        }
        if let problem = request.stage(reply) { misplaced(problem) }
    }

    private func misplaced(_ problem: ReplyProblem) {
        switch problem {
        case .misplaced(let text):
            fail(.protocolFailure(text))
        case .foreign(let text):
            if !machine.acceptsForeign(now: now) { fail(.foreignAnswer(text)) }
        }
    }

    private func nonceReceived(_ reply: borrowing RedisReply, expecting nonce: Nonce) {
        guard reply.repeats(nonce) else {
            return fail(
                reply.isError
                    ? Handshake.failure(ofNonce: reply.error)
                    : .protocolFailure("another reply came in the place of a nonce"))
        }
        machine.nonceArrived()
        collectProved()
    }

    private func collectProved() {
        if !machine.limits.provesReplies { machine.proofs.assumeProved() }
        while let next = machine.nextProved() {
            switch next {
            case .answer(let request):
                proved.append(Proved(request: request, isLate: false))
            case .late(let request):
                proved.append(Proved(request: request, isLate: true))
            case .master(let askedAt):
                confirmed(at: askedAt)
            case .refuted(let problem):
                return fail(problem)
            }
        }
    }

    private func confirmed(at moment: MonotonicTime) {
        observer?.confirmed(until: configuration.roleCheckInterval.map { moment + $0 } ?? .distantFuture)
    }

    private func handshakeReceived(_ reply: borrowing RedisReply) {
        switch login.received(reply) {
        case .failed(let error):
            fail(error)
        case .goOn(let more):
            if !more.isEmpty { machine.handshakeGrew(by: more.count, now: now) }
            machine.handshakeStepSucceeded(renewing: login.isReplaying ? now : nil)
            say(more)
        case .done:
            machine.handshakeStepSucceeded()
            mailbox.note(identity: login.identity, place: place)
            isOutageReported = false
            logger.debug("connected", metadata: .keyed([.endpoint: "\(source)"]))
            observer?.began(login)
            confirmed(at: connectedAt)
            configuration.subscription?.begin()
        }
    }
}

extension RedisError {
    /// Why a connection on which the server answers so is left.
    fileprivate var reasonToLeave: String? {
        // It stays a replica as long as we stay connected: look anew for where the name leads to.
        if saysReadOnly { return "the server has become a read-only replica" }
        // The password was changed, or a proxy took another connection to the server.
        if case .server("NOAUTH", _) = self { return "the server wants a password again" }
        return nil
    }
}

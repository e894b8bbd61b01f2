import Logging

/// What the socket tells.
extension ConnectionLoop {
    func say(_ commands: [RedisCommand], on socket: HiredisSocket?) {
        do throws(RedisError) {
            for command in commands { try socket?.send(command) }
        } catch {
            deferredFailure = error
        }
    }

    func socketReceived(_ reply: borrowing RedisReply, on receiver: HiredisSocket) {
        if !attempts.isEmpty { firstReply(on: receiver) }
        // What follows damage, or the news that the server must not be asked, is not looked at.
        guard deferredFailure == nil else { return }
        guard !reply.isOfRESP3 else { return fail(.protocolFailure("a RESP3 reply came, for which nobody asked")) }
        if let subscription = configuration.subscription, subscription.takes(reply) { return }
        switch machine.replyArrived(isError: reply.isError) {
        case .answer(let request):
            stageAnswer(reply, to: request)
        case .part(let request):
            if let problem = request.stagePart(reply) { misplaced(problem, to: request) }
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
        if !machine.limits.provesReplies, deferredFailure == nil { collectProved() }
    }

    private func fail(_ error: RedisError) {
        deferredFailure = deferredFailure ?? error
    }

    private func stageAnswer(_ reply: borrowing RedisReply, to request: any PendingCommand) {
        if reply.isError, let error = reply.error, error.saysReadOnly, configuration.roleCheckInterval != nil {
            // It stays a replica as long as we stay connected: look anew for where the name leads to.
            machine.lastWasRefused(.unavailable(reason: "the server has become a read-only replica"))
        }
        // Where a reply is missing, the nonce behind it comes in its place. Otherwise nothing more may come, and nobody
        // would notice before the deadline.
        if let nonce = machine.proofs.pendingNonce, reply.repeats(nonce, by: nonceCommand.name) {
            return fail(.protocolFailure("a reply is missing"))
        }
        if let problem = request.stage(reply) { misplaced(problem, to: request) }
    }

    private func misplaced(_ problem: ReplyProblem, to request: any PendingCommand) {
        switch problem {
        case .misplaced(let text):
            fail(.protocolFailure(text))
        case .foreign(let text):
            let isStored = machine.foreignAnswers.isStored(
                text, of: request.command.bytes, isSealed: machine.lastWasSealed, now: now)
            if !isStored { fail(.foreignAnswer(text)) }
        }
    }

    private func nonceReceived(_ reply: borrowing RedisReply, expecting nonce: Nonce) {
        guard reply.repeats(nonce, by: nonceCommand.name) else {
            return fail(failure(ofNonce: reply))
        }
        machine.nonceArrived(now: now)
        collectProved()
    }

    /// A refusal may be meant for another command: the next handshake finds out whether ECHO is refused for good.
    private func failure(ofNonce reply: borrowing RedisReply) -> RedisError {
        guard reply.isError else { return .protocolFailure("another reply came in the place of a nonce") }
        let failure = Handshake.failure(ofNonce: reply.error, by: nonceCommand.name)
        guard case .server(_, let reason) = failure else { return failure }
        return .unavailable(reason: reason)
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
        let isAssumed = configuration.assumptions.contains(.mastership)
        let interval = isAssumed ? nil : configuration.roleCheckInterval
        observer?.confirmed(until: interval.map { moment + $0 } ?? .distantFuture)
    }

    private func handshakeReceived(_ reply: borrowing RedisReply) {
        switch login.received(reply) {
        case .failed(let error):
            fail(error)
        case .goOn(let more):
            if !more.isEmpty { machine.handshakeGrew(by: more.count, now: now) }
            machine.handshakeStepSucceeded(now: now, isRenewing: login.isReplaying)
            say(more, on: socket)
        case .done:
            machine.handshakeStepSucceeded(now: now)
            machine.credentialLife = CredentialLife(
                of: credentials, from: now, patience: configuration.connectTimeout, using: &machine.random)
            mailbox.note(identity: login.identity, place: place)
            // The counterpart of the line that reported the outage.
            logger.log(
                level: isOutageReported ? .notice : .debug, isOutageReported ? "connection restored" : "connected",
                metadata: .keyed([.endpoint: "\(source)"]))
            isOutageReported = false
            endFailing()
            // What waited for this connection, too, must not be asked where a revocation is missing.
            machine.holdsBack = heldSlots.isEmpty ? nil : { [heldSlots] in heldSlots.refusal(of: $0.command) }
            observer?.began(login)
            confirmed(at: connectedAt)
            configuration.subscription?.begin()
            isListening = true
        }
    }
}

/// Does what the machine wants.
extension ConnectionLoop {
    func act() {
        // What has been revoked is brought to the next server although nobody asks for anything.
        machine.staysConnected = configuration.subscription != nil || login.hasJournalEntries
        var isDone = false
        while !isDone {
            do throws(RedisError) {
                while let action = machine.nextAction(now: now) { try perform(action) }
                try socket?.flush()
                isDone = true
            } catch {
                // What this lost waits again, for the next connection.
                lose(error)
            }
        }
    }

    private func perform(_ action: ConnectionMachine<any PendingCommand, SystemRandomNumberGenerator>.Action)
        throws(RedisError)
    {
        switch action {
        case .send(let request):
            try socket?.send(request.command)
        case .prove(let nonce):
            guard let socket else { return }
            try nonceCommand.with(nonce) { bytes throws(RedisError) in try socket.send(bytes) }
        case .askRole:
            try socket?.send((login.roleQuestion ?? .role).command)
        case .lookUpName:
            source.locate { [mailbox, connectionNumber] in
                mailbox.deliver(Mailbox.NameLookup(connection: connectionNumber, found: $0))
            }
        case .fail(let request, let error):
            request.fail(error)
        case .resolve:
            resolve()
        case .connect(let index):
            beginAttempt(at: index)
        case .abandon(let index):
            endAttempts { $0.index == index }
        case .disconnect:
            endAttempts()
            mailbox.note(identity: nil, place: nil)
            socket?.abort()
            closeSocket()
        case .finish:
            endAttempts()
            closeSocket()
        }
    }

    private func resolve() {
        if let addresses = source.immediate() { return resolved(addresses) }
        source.locate { [mailbox] in mailbox.deliver($0) }
    }

    /// The connection stands again, or is given up.
    func endFailing() {
        guard isFailing else { return }
        isFailing = false
        configuration.failingConnections.remove(at: "\(source)")
    }
}

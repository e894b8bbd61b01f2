/// What is said on each new connection before any other traffic, and what the server says to it: the handshake itself,
/// then whatever a server that may have lost writes has to be told again. Each part ends with a nonce, which proves what
/// the server said.
struct Login {
    enum Progress {
        case failed(RedisError)
        /// This reply was as it should be; send these, if any.
        case goOn([RedisCommand])
        case done
    }

    private let fixedSteps: [Handshake.Step]
    private var steps: [Handshake.Step] = []
    private let wantsMaster: Bool
    private var nonceCommand: NonceCommand
    private(set) var nonce = Nonce.random()
    private let journal: WriteJournal?
    private let heldSlots: HeldSlots
    private var repliesSeen = 0
    private(set) var commandsDue = 0
    private var replay: JournalReplay?
    /// How the server can be asked for its role, and what it said.
    private(set) var roleQuestion: ServerRole.Question?
    private var isMaster: Bool?
    /// What the server refused. A server that closes the connection afterwards leaves this as the reason.
    private(set) var failure: RedisError?
    /// Of the server that we are talking to.
    private(set) var identity: ServerIdentity?
    /// The number by which the server knows this connection, where that is asked.
    private(set) var client: Int64?
    /// The server that is known to have what the journal had, up to that number: an attempt that breaks in the middle is
    /// gone on with.
    private var settled: (identity: ServerIdentity, number: UInt64)?

    init(
        steps: [Handshake.Step], wantsMaster: Bool = false, nonces: NonceCommand.Name = .echo, journal: WriteJournal?,
        heldSlots: HeldSlots = HeldSlots()
    ) {
        fixedSteps = steps
        self.wantsMaster = wantsMaster
        nonceCommand = NonceCommand(nonces)
        self.journal = journal
        self.heldSlots = heldSlots
    }

    /// A journal's entries are wanted by a server even when nobody asks it anything.
    var hasJournalEntries: Bool { journal.map { !$0.isEmpty } ?? false }

    var isReplaying: Bool { replay != nil }

    /// The commands of a new connection.
    /// - Parameter credentials: those of this handshake, where they may be others each time.
    mutating func begin(as credentials: Credentials? = nil) -> [RedisCommand] {
        steps = [credentials.map(Handshake.authentication)].compactMap(\.self) + fixedSteps
        repliesSeen = 0
        replay = nil
        identity = nil
        client = nil
        roleQuestion = nil
        isMaster = nil
        failure = nil
        return proved(steps.map(\.command))
    }

    /// With a nonce behind them.
    private mutating func proved(_ commands: [RedisCommand]) -> [RedisCommand] {
        nonce = nonce.next
        commandsDue = commands.count + 1
        return commands + [nonceCommand.command(nonce)]
    }

    mutating func received(_ reply: borrowing RedisReply) -> Progress {
        commandsDue -= 1
        if commandsDue == 0 { return nonceReceived(reply) }
        guard failure == nil else { return .goOn([]) }
        if replay != nil {
            if case .giveUp(let error)? = replay?.answered(reply.error) { failure = error }
        } else {
            failure = check(reply)
        }
        return .goOn([])
    }

    /// A refusal, too, is believed only when the nonce is back. A server that refused AUTH refuses the nonce as well.
    private mutating func nonceReceived(_ reply: borrowing RedisReply) -> Progress {
        guard reply.repeats(nonce, by: nonceCommand.name) else {
            let problem = Handshake.failure(ofNonce: reply.error, by: nonceCommand.name)
            if let failure, reply.isError, problem.damage == nil { return .failed(failure) }
            return .failed(problem)
        }
        if let failure { return .failed(failure) }
        return partProved()
    }

    private mutating func partProved() -> Progress {
        if wantsMaster {
            guard let isMaster else { return .failed(Handshake.untoldRole) }
            guard isMaster else { return .failed(.unavailable(reason: "the server is not a master")) }
        }
        let more = nextOfJournal()
        guard !more.isEmpty else {
            settle()
            return .done
        }
        return .goOn(proved(more))
    }

    private mutating func check(_ reply: borrowing RedisReply) -> RedisError? {
        guard repliesSeen < steps.count else { return nil }
        let step = steps[repliesSeen]
        repliesSeen += 1
        if let failure = Handshake.failure(of: step, reply: reply.error) { return failure }
        switch step.question {
        case .identity:
            if let failure = Handshake.failure(ofMode: reply) { return failure }
            identity = reply.string.flatMap(ServerIdentity.init(info:))
            learnRole(from: reply, to: .info)
        case .role:
            learnRole(from: reply, to: .role)
        case .client:
            client = reply.integer
        case nil:
            break
        }
        return nil
    }

    private mutating func learnRole(from reply: borrowing RedisReply, to question: ServerRole.Question) {
        guard roleQuestion == nil, let role = ServerRole(reply, to: question) else { return }
        roleQuestion = question
        isMaster = role.isMaster
    }

    /// A server that does not say who it is counts as another one each time.
    private mutating func nextOfJournal() -> [RedisCommand] {
        guard let journal, !journal.isEmpty || replay != nil else { return [] }
        if replay == nil {
            let number = settled.flatMap { $0.identity == identity ? $0.number : nil }
            if number == .max { return [] }
            replay = JournalReplay(journal.entries(after: number ?? 0), at: number ?? 0)
        } else if let identity, let number = replay?.appliedThrough {
            settled = (identity, number)
        }
        return replay?.nextCommands() ?? []
    }

    private mutating func settle() {
        if let replay {
            journal?.countReplayed(replay.applied)
            heldSlots.replace(with: replay.held)
        }
        replay = nil
        // From now on it gets everything itself.
        settled = identity.map { ($0, .max) }
    }
}

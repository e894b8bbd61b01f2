import TestSupport

@testable import RedisClient

/// The connections, the network and the heartbeat.
extension TrackingSchedule {
    // MARK: Connections

    /// A thread connects again only when it has reported everything about the last connection.
    func connectReading(to server: Int) {
        guard world.reading == nil, readingEvents.isEmpty else { return }
        let link = world.connect(to: server)
        world.reading = link
        readingEvents.append(.readingBegan(run: run(of: link)))
    }

    func connectListening(to server: Int) {
        guard world.listening == nil, listeningEvents.isEmpty else { return }
        let link = world.connect(to: server)
        world.listening = link
        listeningEvents.append(
            .listeningBegan(client: link.isIdentified ? link.client : nil, run: run(of: link)))
    }

    private func run(of link: TrackingWorld.Link) -> String? {
        if !link.isIdentified { seen["unidentified", default: 0] += 1 }
        return link.isIdentified ? world.servers[link.server].run : nil
    }

    func closeReading() {
        guard let link = world.reading.take() else { return }
        world.close(link)
        // Answers that have arrived are reported before the end or after it, and so is what becomes of the rest.
        let lost = inFlight.filter { !$0.isTimedOut }
        inFlight = []
        readingEvents += lost.map { .answered(number: $0.number, .outcomeUnknown) }
        let began = readingEvents.firstIndex { if case .readingBegan = $0 { true } else { false } } ?? -1
        readingEvents.insert(.readingEnded, at: Int.random(in: began + 1...readingEvents.count, using: &random))
    }

    func closeListening() {
        guard let link = world.listening.take() else { return }
        world.close(link)
        listeningEvents.append(.listeningEnded)
    }

    // MARK: Requests

    /// What could not be sent on one connection is sent on the next.
    func send() {
        let isReady = !readingEvents.contains { if case .readingBegan = $0 { true } else { false } }
        guard world.reading != nil, isReady, !unsent.isEmpty, !readingEvents.contains(.readingEnded) else { return }
        inFlight.append(unsent.removeFirst())
    }

    func serve() {
        guard let link = world.reading, !inFlight.isEmpty else { return }
        let request = inFlight.removeFirst()
        let error = world.redirect(link, to: request.client)
        if !request.isTimedOut { readingEvents.append(.answered(number: request.number, error)) }
    }

    /// The oldest one: waiting to be sent, or sent, in which case the server may still read it.
    func timeOut() {
        if let position = inFlight.firstIndex(where: { !$0.isTimedOut }) {
            seen["timedOut", default: 0] += 1
            inFlight[position].isTimedOut = true
            readingEvents.append(.answered(number: inFlight[position].number, .timedOut))
        } else if !unsent.isEmpty {
            readingEvents.append(.answered(number: unsent.removeFirst().number, .unavailable(reason: "late")))
        }
    }

    // MARK: Disturbances

    func disturb() {
        let server = Int.random(in: world.servers.indices, using: &random)
        switch Int.random(in: 0..<9, using: &random) {
        case 0...1: closeReading()
        case 2...3: closeListening()
        case 4...5: fallSilent()
        case 6:
            if world.reading?.server == server { closeReading() }
            if world.listening?.server == server { closeListening() }
            world.restart(server)
        case 7: world.servers[server].permitsTracking = chance(60)
        default: world.servers[server].tellsIdentity = chance(70)
        }
    }

    /// The server may have closed its end, without a word that arrives.
    private func fallSilent() {
        // Until its beginning has been delivered, a connection is not known to anybody.
        guard let link = world.listening, listeningEvents.isEmpty else { return }
        if link.silentSince == nil {
            world.listening?.silentSince = now
            if chance(40) { world.close(link) }
        } else if world.servers[link.server].clients.contains(link.client) {
            // What was on its way arrives late.
            world.listening?.silentSince = nil
        }
    }

    func calm() {
        for server in world.servers.indices {
            world.servers[server].permitsTracking = true
            world.servers[server].tellsIdentity = true
        }
        if world.reading?.isIdentified == false { closeReading() }
        if world.listening?.isIdentified == false || world.listening?.silentSince != nil { closeListening() }
    }

    // MARK: Time and heartbeat

    /// The driver is punctual: what is due happens when it is due.
    func passTime(_ duration: Duration) {
        let target = now + duration
        while violation == nil {
            let due = lastBeat + .seconds(1)
            guard due <= target else { break }
            now = due
            failBeat()
            handle(.time)
            (beat, lastBeat) = (now, now)
        }
        now = target
    }

    func answerBeat() {
        guard let start = beat, let link = world.listening, link.silentSince == nil, listeningEvents.isEmpty else {
            return
        }
        beat = nil
        seen["heard", default: 0] += 1
        handle(.heard(since: start))
        handle(.retry)
    }

    /// The connection, whose margin is zero, goes with a heartbeat that was sent; one that was not sent fails alone.
    private func failBeat() {
        guard let start = beat.take() else { return }
        handle(.heartbeatFailed(since: start))
        if fault != .ignoresSilence, listeningEvents.isEmpty, chance(70) { closeListening() }
        handle(.retry)
    }
}

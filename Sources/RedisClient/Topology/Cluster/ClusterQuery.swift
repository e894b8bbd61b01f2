/// Asks the nodes of a cluster which of them serves which slot.
struct ClusterQuery {
    let router: ClusterRouter

    struct Outcome {
        var views: [ClusterView] = []
        /// Why nodes have not told.
        var failures: [RedisError] = []
    }

    private enum Event {
        case answered(RedisEndpoint, Result<ClusterView, RedisError>)
        case timePassed
    }

    /// `ClusterSurvey` decides who is asked, and for how long.
    func ask() async -> Outcome {
        let candidates = router.candidates
        var survey = ClusterSurvey(
            connected: candidates.filter { router.existingNode(at: $0) != nil },
            strangers: candidates.filter { router.existingNode(at: $0) == nil }, now: .now())
        var heard: Set<String> = []
        return await withTaskGroup(of: Event.self) { group in
            var outcome = Outcome()
            var alarm: MonotonicTime?
            while !survey.isOver(now: .now()), !Task.isCancelled {
                for endpoint in survey.takeToAsk() { group.addTask { .answered(endpoint, await ask(endpoint)) } }
                if survey.nextDeadline != alarm, survey.nextDeadline < .distantFuture {
                    let deadline = survey.nextDeadline
                    alarm = deadline
                    group.addTask {
                        try? await Task.sleep(for: deadline.duration(since: .now()))
                        return .timePassed
                    }
                }
                switch await group.next() {
                case .answered(let endpoint, .success(let view)):
                    outcome.views.append(view)
                    // A seed may be a node that is known by another name.
                    let isNews = view.myself.map { heard.insert($0).inserted } ?? true
                    survey.answered(endpoint, isNews: isNews, now: .now())
                case .answered(let endpoint, .failure(let error)):
                    outcome.failures.append(error)
                    survey.failed(endpoint)
                case .timePassed, nil:
                    survey.timePassed(now: .now())
                }
            }
            group.cancelAll()
            return outcome
        }
    }

    /// On the connection that there is to a master; otherwise on one that is kept for this.
    private func ask(_ endpoint: RedisEndpoint) async -> Result<ClusterView, RedisError> {
        if let connection = router.existingNode(at: endpoint)?.connection { return await ask(endpoint, on: connection) }
        do throws(RedisError) {
            return try await router.informants.ask(endpoint) { await ask(endpoint, on: $0) }
        } catch {
            return .failure(error.asAnswer(of: "\(endpoint)"))
        }
    }

    private func ask(
        _ endpoint: RedisEndpoint, on connection: RedisConnection
    ) async -> Result<ClusterView, RedisError> {
        do throws(RedisError) {
            return .success(try await view(of: endpoint, on: connection))
        } catch {
            return .failure(error.asAnswer(of: "\(endpoint)"))
        }
    }

    /// Both answers are about the same moment.
    private func view(
        of endpoint: RedisEndpoint, on connection: RedisConnection
    ) async throws(RedisError) -> ClusterView {
        let slotsCommand = RedisCommand("CLUSTER", "SLOTS")
        let timeout = router.configuration.connectTimeout
        var slots: ClusterSlots?
        var nodes: String?
        do throws(RedisError) {
            (slots, nodes) = try await connection.execute(
                slotsCommand, RedisCommand("CLUSTER", "NODES"), timeout: timeout,
                decodeFirst: { ClusterSlots($0) }, decodeLast: { $0.string })
        } catch .server(code: "NOPERM", _) {
            throw Self.notPermitted
        } catch .server {
            // What does not know epochs is believed without: then the majority decides.
            slots = try await connection.execute(slotsCommand, timeout: timeout) { ClusterSlots($0) }
        }
        guard let slots else { throw .unavailable(reason: "the node knows no slot of the cluster") }
        return ClusterView(
            slots, ClusterNodes(nodes ?? ""), answeredBy: endpoint, addressMap: router.configuration.addressMap)
    }

    private static let notPermitted = RedisError.server(
        code: "NOPERM",
        message: "the user needs the rights to CLUSTER SLOTS and CLUSTER NODES (+cluster|slots +cluster|nodes), "
            + "which tell who serves a slot and how recent that is")
}

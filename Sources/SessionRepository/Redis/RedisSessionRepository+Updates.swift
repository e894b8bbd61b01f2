import RedisClient

extension RedisSessionRepository {
    func update(
        _ id: SessionID, _ changes: SessionChanges
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        let input = try SessionChangesInput(changes)
        let (removed, values) = (input.removedFields, input.fields)
        return try await change(
            id, Scripts.updateSession,
            [
                id.value.random.text, String(InputLimits.attributeCount), SessionField.attributePrefix,
                String(removed.count),
            ] + removed + values)
    }

    func elevate(
        _ id: SessionID, to level: String, methods: [String], for duration: Duration
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        let input = try ElevationInput(level: level, methods: methods, duration: duration)
        return try await change(
            id, Scripts.elevateSession, [id.value.random.text, String(input.duration), input.stored])
    }

    private enum Answer: Sendable {
        case updated(Result<Session?, RecordProblem>)
        case notActive
        case tooMany
    }

    private func change(
        _ id: SessionID, _ script: RedisScript, _ arguments: [String]
    ) async throws(SessionRepositoryError) -> UpdateOutcome {
        let key = keys.session(id)
        defer { forget(.session(id)) }
        let answer = try await run(script, keys: [key], arguments: arguments, changing: .session(id)) {
            reply throws(ReplyProblem) -> Answer? in
            if reply.string == "notActive" { return .notActive }
            switch reply[0].string {
            case "updated": return .updated(try SessionRecord(allFields: reply[1]).decode(id))
            case "tooMany": return .tooMany
            default: return nil
            }
        }
        switch answer {
        case .updated(let record):
            guard let session = try record.mapError(SessionRepositoryError.corrupt(key)).get() else {
                throw .unexpectedAnswer(about: key)
            }
            return .updated(session)
        case .notActive: return .notActive
        case .tooMany: throw SessionChangesInput.tooManyAttributes
        case nil: throw .unexpectedAnswer(about: key)
        }
    }
}

extension SessionChangesInput {
    private var texts: [(SessionField, Change)] { [(.device, deviceName), (.agent, userAgent)] }

    var removedFields: [String] {
        texts.filter { $0.1 == .remove }.map(\.0.rawValue) + removedAttributes.map { SessionField.attributePrefix + $0 }
    }

    /// Names and values in turn.
    var fields: [String] {
        let fixed = texts.flatMap { field, change in
            if case .set(let text) = change { [field.rawValue, text] } else { [String]() }
        }
        return fixed
            + attributes.sorted { $0.key < $1.key }.flatMap { [SessionField.attributePrefix + $0.key, $0.value] }
    }
}

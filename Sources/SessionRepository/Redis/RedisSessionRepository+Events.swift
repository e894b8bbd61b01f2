import RedisClient

extension RedisSessionRepository {
    func subscribe() async throws(SessionRepositoryError) -> SessionEvents {
        let (buffer, events) = SessionEventBuffer.make()
        let subscription: EventSubscription
        do {
            subscription = try EventSubscription(to: keys.events, of: client, buffer: buffer)
        } catch {
            throw SessionRepositoryError(error, key: keys.events)
        }
        guard let number = subscriptions.add(subscription) else {
            await subscription.end()
            throw .shutDown
        }
        // The sequence keeps its connection, also when the repository is let go before it.
        buffer.onEnd { [weak subscriptions] in
            subscriptions?.remove(number)
            withExtendedLifetime(subscription) {}
        }
        do {
            try await subscription.begin()
        } catch {
            subscriptions.remove(number)
            await subscription.end()
            throw SessionRepositoryError(error, key: keys.events)
        }
        return events
    }
}

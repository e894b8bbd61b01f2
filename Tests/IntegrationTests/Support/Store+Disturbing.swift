import RedisClient
import SessionRepository

extension Store {
    /// Kills every connection, again and again until it is cancelled; returns how many.
    func killingConnections() -> Task<Int64, Never> {
        Task {
            var killed: Int64 = 0
            while !Task.isCancelled {
                killed += (try? await redis.send("CLIENT", "KILL", "TYPE", "normal").integer) ?? 0
                // Not again before there is another connection to kill: between two kills something must get through.
                _ = try? await repository.currentTime()
            }
            return killed
        }
    }
}

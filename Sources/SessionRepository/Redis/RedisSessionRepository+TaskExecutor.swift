import RedisClient

extension RedisSessionRepository {
    /// The thread that talks to Redis, for tasks that mostly ask it; `nil` in a cluster, each of whose nodes has one.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(sessions.taskExecutor) {
    ///     try await server.run()
    /// }
    /// ```
    ///
    /// What runs there, and the child tasks that it starts, neither wakes another thread in order to ask nor is woken on
    /// another by the answer: a lookup takes about as long as the server and its network do, and about half of the
    /// processor time. See SE-0417 for what a preference means; an actor with an executor of its own keeps to that.
    ///
    /// It is one thread. What computes for long or blocks there holds up all that this repository does in the process: not
    /// even a timeout or a cancellation frees anybody meanwhile, and a near cache does not notice that its connection was
    /// closed (its `maximumStaleness` holds). Turns of more than 10 milliseconds are logged, and counted by the metric
    /// `session.repository.store_thread.slow_turns`. What waits there for another task's answer without suspending waits for ever. An
    /// actor that tasks there share with others may bring those there, too. From shutdown on its tasks go on elsewhere.
    public var taskExecutor: (any TaskExecutor)? { client.onlyConnection?.executor }
}

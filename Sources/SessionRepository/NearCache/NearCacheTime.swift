package import RedisClient

extension MonotonicTime {
    /// A clock that goes on while the machine is suspended, so that nothing outlives its time in a laptop's sleep.
    package static func nowCountingSuspension() -> MonotonicTime {
        MonotonicTime(nanoseconds: Platform.nanosecondsCountingSuspension())
    }
}

/// A socket to one of several addresses, until one of them has won the race.
struct ConnectionAttempt {
    let index: Int
    let address: RedisAddress
    let socket: HiredisSocket
    /// What has been said there.
    var handshake: (login: Login, replies: Int, begunAt: MonotonicTime)?
}

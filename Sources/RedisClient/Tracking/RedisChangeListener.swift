/// Who is told of changes to what was read from one server. Called on the threads of the connections to it: must be
/// quick and must not block.
package protocol RedisChangeListener: AnyObject, Sendable {
    /// The server has shown that it is a master, and the listening connection that it is alive: what was read may be used
    /// until then.
    func confirmed(until moment: MonotonicTime)
    /// From now on every change to a key that is read from now on is told.
    func becomeCurrent()
    /// From now on changes may go untold, also those to keys that were read before.
    func loseCurrency()
    /// The key has changed. Also told of keys that nobody asked about through `RedisOwner`.
    func changed(_ key: UnsafeRawBufferPointer)
    /// Every key may have changed.
    func everythingChanged()
}

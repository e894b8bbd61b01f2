#if !TLS
/// TLS in a build without it: there never is one.
enum HiredisTLS {
    static let isSupported = false

    static func check(_ settings: TLSSettings) throws(RedisError) {
        throw .unavailable(reason: TLSSettings.missing)
    }

    static func begin(on context: UnsafeMutableRawPointer, as identity: TLSIdentity) throws(RedisError) -> HiredisTLS? {
        throw .unavailable(reason: TLSSettings.missing)
    }

    var wants: TLSWants { switch self {} }
    var hasDecrypted: Bool { switch self {} }
    func prepare() { switch self {} }
    func handshake() throws(RedisError) -> Bool { switch self {} }
    func failure(else reason: String) -> RedisError { switch self {} }
}
#endif

/// Tells a connection where to connect to, each time that it has to.
protocol AddressSource: Sendable, CustomStringConvertible {
    /// Whether the server found there must say that it is a master before it is used.
    var wantsMaster: Bool { get }

    /// Whether a name service decides where it leads to, and may decide otherwise while a connection stands.
    var isName: Bool { get }

    /// Answers without I/O; `nil` when that takes `locate`.
    func immediate() -> [RedisAddress]?

    /// Looks it up without blocking the caller. Calls `deliver` once, from any thread.
    func locate(_ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void)
}

/// One server, known by name.
struct EndpointSource: AddressSource {
    let endpoint: RedisEndpoint
    var wantsMaster = false
    /// As in `RedisClientConfiguration`.
    var resolve: (@Sendable (String) -> [String])?

    var description: String { "\(endpoint)" }

    var isName: Bool { immediate() == nil }

    func immediate() -> [RedisAddress]? { AddressResolver.immediate(endpoint) }

    func locate(_ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void) {
        AddressResolver.onOwnThread([endpoint], by: resolve, deliver)
    }
}

/// Any of several servers will do; in another order each time.
struct AnyEndpointSource: AddressSource {
    let description: String
    let endpoints: @Sendable () -> [RedisEndpoint]

    var wantsMaster: Bool { false }

    var isName: Bool { false }

    func immediate() -> [RedisAddress]? { nil }

    func locate(_ deliver: @escaping @Sendable (Result<[RedisAddress], RedisError>) -> Void) {
        AddressResolver.onOwnThread(endpoints().shuffled(), deliver)
    }
}

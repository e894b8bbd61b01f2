import NIOCore
import NIOPosix

/// A port that was free a moment ago.
struct FreePort {
    let port: Int

    init() throws {
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        try channel.close().wait()
    }
}

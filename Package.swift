// swift-tools-version: 6.2
import Foundation
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "session-repository",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "SessionRepository", targets: ["SessionRepository"]),
        .library(name: "SessionRepositoryConfiguration", targets: ["SessionRepositoryConfiguration"]),
        .library(name: "SessionRepositoryTesting", targets: ["SessionRepositoryTesting"]),
        .executable(name: "sessionctl", targets: ["sessionctl"]),
    ],
    traits: [
        .trait(name: "TLS", description: "Connections by TLS (rediss); needs hiredis 1.x with SSL, and OpenSSL.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CHiredis",
            providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]
        ),
        .systemLibrary(
            name: "CHiredisSSL",
            providers: [.apt(["libhiredis-dev", "libssl-dev"]), .brew(["hiredis", "openssl"])]
        ),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis",
                .target(name: "CHiredisSSL", condition: .when(traits: ["TLS"])),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SessionRepository",
            dependencies: [
                "RedisClient",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            resources: [.embedInCode("Scripts")],
            swiftSettings: settings
        ),
        // A product of its own: who configures by plain values neither builds nor fetches what only this needs.
        .target(
            name: "SessionRepositoryConfiguration",
            dependencies: [
                "RedisClient", "SessionRepository",
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: settings
        ),
        .target(name: "SessionRepositoryTesting", dependencies: ["SessionRepository"], swiftSettings: settings),
        .target(name: "EmbeddedRedis", swiftSettings: settings),
        .executableTarget(
            name: "sessionctl",
            dependencies: [
                "EmbeddedRedis",
                "RedisClient",
                "SessionRepository",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "RedisClientTests",
            dependencies: ["RedisClient", "TestSupport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionRepositoryTests",
            dependencies: ["RedisClient", "SessionRepository", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionRepositoryConfigurationTests",
            dependencies: [
                "SessionRepository", "SessionRepositoryConfiguration", "TestSupport",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "EmbeddedRedis", "RedisClient", "SessionRepository", "SessionRepositoryConfiguration",
                "SessionRepositoryTesting", "TestSupport",
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SessionctlTests",
            dependencies: ["EmbeddedRedis", "SessionRepository", "TestSupport", "sessionctl"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// Only for those who ask for them: nobody who uses the library fetches or builds what they need. In this package all the
// same, because what they measure is not public.
if ProcessInfo.processInfo.environment["SESSION_REPOSITORY_BENCHMARKS"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets.append(
        .executableTarget(
            name: "Microbenchmarks",
            dependencies: [
                "RedisClient", "SessionRepository",
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Microbenchmarks",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ))
}

// Only for scripts/docs.sh, for the same reason: what the manifest names, every user of the library fetches. The plugin
// builds with every trait, and TLS wants a hiredis that not every machine has; nothing public depends on it.
if ProcessInfo.processInfo.environment["SESSION_REPOSITORY_DOCUMENTATION"] != nil {
    package.traits = []
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

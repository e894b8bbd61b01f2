#if os(Linux)
import Foundation
import Testing

/// Around a suite: afterwards its threads, pipes and sockets are gone, and the process has not grown by much.
///
/// Other tests may run in the same process. What they use comes and goes; what leaks stays.
struct NothingLeaks: SuiteTrait, TestScoping {
    /// What a process may come to use for good meanwhile: the server that other tests share, Dispatch's own.
    var toleratedDescriptors = 16
    var toleratedGrowth = 200 << 20

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let before = ProcessResources.now()
        try await function()
        try await eventually("every thread has ended", within: .seconds(120)) {
            ProcessResources.now().threads.isSubset(of: before.threads)
        }
        var left: Set<String> = []
        try await eventually("every pipe and socket is closed: \(left.count) are left", within: .seconds(120)) {
            left = ProcessResources.now().descriptors.subtracting(before.descriptors)
            return left.count <= toleratedDescriptors
        }
        let growth = ProcessResources.now().residentBytes - before.residentBytes
        #expect(growth < toleratedGrowth, "the process has grown by \(growth >> 20) MB")
    }
}

extension Trait where Self == NothingLeaks {
    static var nothingLeaks: NothingLeaks { NothingLeaks() }
}
#endif

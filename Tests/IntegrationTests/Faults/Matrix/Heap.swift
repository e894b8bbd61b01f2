#if os(Linux)
import Foundation

/// What malloc(3) says of this process.
enum Heap {
    /// Allocated and not freed; 0 where the C library does not tell.
    static var allocatedBytes: Int {
        // The last of each is the sum over all arenas.
        let report = report
        func last(_ element: String) -> Int {
            let line = report.split(separator: "\n").last { $0.hasPrefix("<\(element)") }
            return line?.firstMatch(of: /size="(\d+)"/).flatMap { Int($0.1) } ?? 0
        }
        let system = last("system type=\"current\"") + last("total type=\"mmap\"")
        return max(0, system - last("total type=\"fast\"") - last("total type=\"rest\""))
    }

    private typealias MallocInfo = @convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32

    /// The XML of malloc_info(3), which glibc has and Swift's module of it does not show.
    private static var report: String {
        guard let symbol = dlsym(nil, "malloc_info") else { return "" }
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let stream = open_memstream(&text, &size) else { return "" }
        // The function has had this type since glibc 2.10.
        let status = unsafeBitCast(symbol, to: MallocInfo.self)(0, stream)
        fclose(stream)
        defer { free(text) }
        return status == 0 ? text.map { String(cString: $0) } ?? "" : ""
    }
}
#endif

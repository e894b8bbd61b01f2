#if os(Linux)
import Foundation

/// What this process holds.
struct ProcessResources {
    /// IDs of the threads that drive connections and proxies.
    let threads: Set<String>
    /// Pipes and sockets by inode, which is not used again as a descriptor's number is.
    let descriptors: Set<String>
    let residentBytes: Int
    /// What the process has allocated and not freed. glibc keeps freed memory in up to eight arenas a core, so that the
    /// resident memory of a process with many threads goes on growing for a while after this has stopped.
    let allocatedBytes: Int

    static func now() -> ProcessResources {
        let files = FileManager.default
        let tasks = (try? files.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        let ours = tasks.filter {
            let name = (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) ?? ""
            return ["redis-loop\n", "redis-resolver\n", ProxyLoop.threadName + "\n"].contains(name)
        }
        let numbers = (try? files.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        let targets = numbers.compactMap { try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let resident = status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) } ?? 0
        return ProcessResources(
            threads: Set(ours),
            descriptors: Set(targets.filter { $0.hasPrefix("pipe:") || $0.hasPrefix("socket:") }),
            residentBytes: resident << 10,
            allocatedBytes: Heap.allocatedBytes)
    }
}
#endif

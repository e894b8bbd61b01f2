import EmbeddedRedis
import Foundation
import Testing

/// Moves one server's clock: a small library in the server's process adds what a file in its directory says to every time
/// that it reads.
enum ServerClock {
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long long offset_seconds(void) {
            static volatile long long *offset;
            if (!offset) {
                int file = open("clock", O_RDONLY);
                if (file < 0) return 0;
                void *map = mmap(0, sizeof *offset, PROT_READ, MAP_SHARED, file, 0);
                close(file);
                if (map == MAP_FAILED) return 0;
                offset = map;
            }
            return *offset;
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += offset_seconds();
            return result;
        }

        int gettimeofday(struct timeval *now, void *zone) {
            struct timespec time;
            clock_gettime(CLOCK_REALTIME, &time);
            now->tv_sec = time.tv_sec;
            now->tv_usec = time.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *copy) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (copy) *copy = now.tv_sec;
            return now.tv_sec;
        }
        """

    /// Builds the library, with the compiler that Swift brings along, and removes it afterwards.
    static func withLibrary(_ body: (_ path: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "server-clock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (text, library) = (folder.appending(path: "clock.c"), folder.appending(path: "clock.so"))
        try Data(source.utf8).write(to: text)
        let result = try await runCommand(
            "clang", ["-O1", "-shared", "-fPIC", "-o", library.path, text.path])
        guard result.status == 0 else { throw CannotBuild(log: result.standardError) }
        try await body(library.path)
    }

    private struct CannotBuild: Error {
        let log: String
    }
}

extension EmbeddedRedis {
    /// Moves the clock of a server that was started with the library. Zero is the machine's time.
    func setClock(ahead seconds: Int64) throws {
        let path = URL(filePath: directory).appending(path: "clock").path
        if let file = FileHandle(forUpdatingAtPath: path) {
            // In place: the server has the file mapped.
            try file.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
            try file.close()
        } else {
            try withUnsafeBytes(of: seconds) { try Data($0).write(to: URL(filePath: path)) }
        }
    }
}

import Testing

@testable import RedisClient

@Suite("Admission")
struct AdmissionTests {
    /// `#expect` cannot look at what cannot be copied, but at what an object holds.
    private final class Door: Sendable {
        let admission: Admission

        init(maximumCommands: Int, maximumBytes: Int) {
            admission = Admission(maximumCommands: maximumCommands, maximumBytes: maximumBytes)
        }

        func admit(bytes: Int, timeout: Duration = .seconds(1)) -> Bool {
            admission.admit(bytes: bytes, timeout: timeout)
        }
    }

    @Test("refuses the command that is one too many")
    func commands() {
        let door = Door(maximumCommands: 2, maximumBytes: 1000)
        #expect(door.admit(bytes: 1))
        #expect(door.admit(bytes: 1))
        #expect(!door.admit(bytes: 1))
        door.admission.release(commands: 1, bytes: 1)
        #expect(door.admit(bytes: 1))
    }

    @Test("refuses the byte that is one too many, and admits to the last")
    func bytes() {
        let door = Door(maximumCommands: 100, maximumBytes: 10)
        #expect(door.admit(bytes: 6))
        #expect(!door.admit(bytes: 5))
        #expect(door.admit(bytes: 4))
        #expect(!door.admit(bytes: 1))
    }

    @Test("admits a command larger than everything when nothing else is there")
    func oversize() {
        let door = Door(maximumCommands: 100, maximumBytes: 10)
        #expect(door.admit(bytes: 500))
        #expect(!door.admit(bytes: 0))
        door.admission.release(commands: 1, bytes: 500)
        #expect(door.admit(bytes: 1))
        #expect(!door.admit(bytes: 500))
    }

    @Test("refuses what the server would not answer within half of its time, as soon as its pace is known")
    func pace() {
        let door = Door(maximumCommands: 100, maximumBytes: 1000)
        for _ in 0..<10 { #expect(door.admit(bytes: 1, timeout: .milliseconds(1))) }
        door.admission.bound(by: 1_000_000)
        #expect(!door.admit(bytes: 1, timeout: .milliseconds(19)))
        #expect(door.admit(bytes: 1, timeout: .milliseconds(20)))
        #expect(!door.admit(bytes: 1, timeout: .milliseconds(20)))
        #expect(door.admit(bytes: 1, timeout: .seconds(1)))
        door.admission.release(commands: 12, bytes: 12)
        #expect(door.admit(bytes: 1, timeout: .zero))
        #expect(!door.admit(bytes: 1, timeout: .zero))
        door.admission.bound(by: 0)
        #expect(door.admit(bytes: 1, timeout: .zero))
    }

    @Test("what is refused takes no room")
    func refusal() {
        let door = Door(maximumCommands: 1, maximumBytes: 10)
        #expect(door.admit(bytes: 3))
        for _ in 0..<10 { #expect(!door.admit(bytes: 3)) }
        #expect(door.admission.commands == 1)
        #expect(door.admission.bytes == 3)
    }
}

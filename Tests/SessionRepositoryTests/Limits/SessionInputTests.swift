import Foundation
import Testing

@testable import SessionRepository

@Suite("A new session's checks")
struct SessionInputTests {
    private func refused(_ change: (inout NewSession) -> Void) throws -> String? {
        var new = NewSession(userID: try UserID("user-42"), ticket: .none)
        change(&new)
        return refusal { () throws(SessionRepositoryError) in _ = try SessionInput(new, policy: SessionPolicy()) }?.name
    }

    @Test("name the field that breaks a limit")
    func fields() throws {
        #expect(try refused { _ in } == nil)
        #expect(try refused { $0.lifetime = .zero } == "lifetime")
        #expect(try refused { $0.idleTimeout = .seconds(-1) } == "idle timeout")
        #expect(try refused { $0.attributes = ["": ""] } == "attribute name")
        #expect(try refused { $0.authenticatedAt = Date(timeIntervalSince1970: -1) } == "authenticatedAt")
        let stranger = SessionID(for: try UserID("user-43"))
        #expect(try refused { $0.id = stranger } == "session ID")
    }

    @Test("cut the device to 256 bytes and the agent to 1,024")
    func cut() throws {
        let long = String(repeating: "é", count: 3000)
        let new = NewSession(userID: try UserID("user-42"), ticket: .none, deviceName: long, userAgent: long)
        let input = try SessionInput(new, policy: SessionPolicy())
        #expect(input.deviceName?.utf8.count == 256)
        #expect(input.userAgent?.utf8.count == 1024)
    }

    @Test("take the policy's lifetimes where none is given")
    func policy() throws {
        var policy = SessionPolicy()
        policy.lifetime = .seconds(60)
        policy.idleTimeout = .seconds(30)
        var new = NewSession(userID: try UserID("user-42"), ticket: .none)
        #expect(try SessionInput(new, policy: policy).lifetime == 60_000)
        #expect(try SessionInput(new, policy: policy).idleTimeout == 30_000)
        new.lifetime = .seconds(5)
        new.idleTimeout = .milliseconds(5)
        #expect(try SessionInput(new, policy: policy).lifetime == 5_000)
        #expect(try SessionInput(new, policy: policy).idleTimeout == 5)
    }

    @Test("leave out what is not there, and sort the attributes")
    func recordFields() throws {
        let user = try UserID("user-42")
        #expect(try SessionInput(NewSession(userID: user, ticket: .none), policy: SessionPolicy()).fields == [])
        let new = NewSession(
            userID: user, ticket: .none, deviceName: "phone", ipAddress: "::0001", userAgent: "App/1",
            attributes: ["b": "2", "a": "1"])
        #expect(
            try SessionInput(new, policy: SessionPolicy()).fields == [
                "device", "phone", "ip", "::1", "agent", "App/1", "attr:a", "1", "attr:b", "2",
            ])
    }
}

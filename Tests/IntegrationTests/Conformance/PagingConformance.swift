import Foundation
import Testing

@testable import SessionRepository

@Suite("Both implementations: pages")
struct PagingConformance {
    @Test(
        "No session is skipped or shown twice because it was active between two pages",
        arguments: Implementation.allCases)
    func pages(_ implementation: Implementation) async throws {
        var policy = SessionPolicy()
        policy.activityResolution = .zero
        try await withSubject(implementation, policy: policy) { subject in
            let (repository, user) = (subject.repository, try subject.user())
            var created: [Session] = []
            for _ in 0..<5 {
                created.append(try await subject.create(for: user))
                try await subject.letPass(.milliseconds(2))
            }
            var pages: [[SessionID]] = []
            var cursor: SessionPage.Cursor?
            repeat {
                let page = try await repository.findActiveSessionsByUser(user, limit: 2, after: cursor)
                pages.append(page.sessions.map(\.id))
                #expect(page.sessions.map(\.lastActivityAt) == page.sessions.map(\.lastActivityAt).sorted(by: >))
                cursor = page.next
                // The oldest becomes the latest, then the one after it.
                _ = try await repository.touch(created[pages.count - 1].id)
                try await subject.letPass(.milliseconds(2))
            } while cursor != nil
            let ids = created.map(\.id)
            #expect(pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]])
            // The whole list is in order of activity.
            let all = try await repository.findActiveSessionsByUser(user).map(\.id)
            #expect(all == [ids[2], ids[1], ids[0], ids[4], ids[3]])
        }
    }
}

import Foundation
import RedisClient
import TestSupport

@testable import SessionRepository

/// The servers, those who write to them, and the connections.
extension NearCacheSchedule {
    /// Another process writes: we hear of it sooner or later, or not at all while a connection is down.
    func write(_ key: Int) {
        let record = records[key]
        let version = record.writtenAt.count
        let authorization: Authorization =
            switch Int.random(in: 0..<10, using: &random) {
            case 0: .unknown
            case 1: .terminated(Termination(at: .now, by: nil, reason: nil))
            case 2: .supportAccessEnded
            case 3:
                .active(
                    NearCacheFixture.session(
                        record.id, user: record.user, device: "\(version)",
                        grant: SupportAccessGrantID(for: OrganizationID(stored: "o"))))
            default: .active(NearCacheFixture.session(record.id, user: record.user, device: "\(version)"))
            }
        records[key].writtenAt.append(fixture.now)
        records[key].authorization = authorization
        let lifetime = Int.random(in: 1...(chance(50) ? 50 : 2000), using: &random)
        records[key].expiresAt = fixture.now + .milliseconds(lifetime)
        if links[record.server].isUp { links[record.server].messages.append((key, version)) }
    }

    /// This process writes: one session, or all of a user.
    func writeHere() {
        let key = anyKey()
        guard chance(30) else {
            write(key)
            fixture.cache.invalidate(records[key].id)
            records[key].floor = records[key].version
            return
        }
        let user = records[key].user
        seen["writeToUser", default: 0] += 1
        for key in records.indices where records[key].user == user {
            write(key)
            records[key].floor = records[key].version
        }
        fixture.cache.invalidateAll(of: UserID(stored: user))
    }

    /// Changes arrive in their order.
    func deliver() {
        let server = Int.random(in: links.indices, using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) where !links[server].messages.isEmpty {
            let message = links[server].messages.removeFirst()
            guard let key = message.key else {
                links[server].source.flush()
                forgetEverything(of: server)
                continue
            }
            seen["deliver", default: 0] += 1
            fixture.cache.invalidate(records[key].id)
            records[key].floor = max(records[key].floor, message.version)
        }
    }

    func disturbConnections() {
        let server = Int.random(in: links.indices, using: &random)
        if !links[server].isUp {
            links[server].isUp = true
            links[server].source.confirm(until: .distantFuture)
            links[server].source.becomeCurrent()
            forgetEverything(of: server)
        } else {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                seen["lose", default: 0] += 1
                links[server].isUp = false
                links[server].messages = []
                links[server].source.loseCurrency()
            case 1:
                // FLUSHALL.
                for key in records.indices where records[key].server == server {
                    write(key)
                    records[key].authorization = .unknown
                }
                links[server].messages.append((nil, 0))
            case 2:
                // The connections fall and stand again before anybody looks.
                links[server].messages = []
                links[server].source.loseCurrency()
                links[server].source.confirm(until: .distantFuture)
                links[server].source.becomeCurrent()
                forgetEverything(of: server)
            default:
                move(anyKey())
            }
        }
    }

    /// A slot moves: its old server removes the record, which is a change like any other.
    private func move(_ key: Int) {
        seen["move", default: 0] += 1
        let old = records[key].server
        if links[old].isUp { links[old].messages.append((key, records[key].version)) }
        records[key].server = 1 - old
    }

    /// From now on nothing may be told that was true only before.
    private func forgetEverything(of server: Int) {
        for key in records.indices where records[key].server == server {
            records[key].floor = records[key].version
        }
    }
}

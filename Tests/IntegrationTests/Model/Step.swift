import TestSupport

/// One operation of a random sequence. Whom and what it concerns are small numbers, so that operations meet each other
/// often, and so that any part of a sequence is a sequence too.
enum Step: Hashable, Sendable {
    enum Lifetime: Hashable, Sendable, CaseIterable {
        case long
        /// Over after the next pause.
        case short
    }

    /// Whom a saving names.
    enum Recipient: Hashable, Sendable {
        case kept
        case any
        case admin(Int)
    }

    /// What an update names.
    enum Change: Hashable, Sendable, CaseIterable {
        case device, noDevice, agent, attribute, noAttribute, both
    }

    case create(slot: Int, Lifetime, grant: Int?, login: Int?)
    case renew(slot: Int, as: Int, login: Int?)
    case authorize(slot: Int)
    case find(slot: Int, owner: Int?)
    /// From one of the addresses, or from none.
    case touch(slot: Int, address: Int?)
    case update(slot: Int, Change)
    case elevate(slot: Int, Lifetime)
    case shorten(slot: Int, Lifetime)
    case list(user: Int, pageSize: Int)
    case terminate(slot: Int, owner: Int?)
    case terminateAll(user: Int, except: Int?, operation: Int)
    case terminateEveryone(operation: Int)
    case rotate(slot: Int, age: Int, address: Bool)
    case invalidate(slot: Int)
    case chainState(slot: Int)
    case saveGrant(Int, Lifetime, Recipient)
    case extendGrant(Int, Lifetime)
    case listGrantsTo(Int)
    case revokeGrantsTo(Int)
    case findGrant(Int)
    case listGrants
    case revokeGrant(Int)
    case sweep
    /// Takes tickets, for a login that ends later.
    case beginLogin(login: Int)
    /// Until all that was short-lived is over.
    case pause
}

extension Step {
    /// Slots 0 to 5 are the first user's sessions, 6 to 11 the second's.
    static let users = 2
    static let slots = 12
    static let grants = 2
    static let logins = 2
    static let operations = 2

    static func user(ofSlot slot: Int) -> Int { slot / (slots / users) }

    static func random(using random: inout SplitMix64) -> Step {
        func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        func maybe(_ count: Int) -> Int? { Bool.random(using: &random) ? nil : number(count) }
        func lifetime() -> Lifetime { number(3) == 0 ? .short : .long }
        switch number(46) {
        case 0..<11:
            return .create(
                slot: number(slots), lifetime(), grant: number(3) == 0 ? number(grants) : nil,
                login: number(4) == 0 ? number(logins) : nil)
        case 11..<14:
            // Of the same user, mostly.
            let slot = number(slots)
            let base = user(ofSlot: slot) * slots / users
            return .renew(
                slot: slot, as: base + number(slots / users), login: number(4) == 0 ? number(logins) : nil)
        case 14, 15: return .authorize(slot: number(slots))
        case 16: return .find(slot: number(slots), owner: maybe(users))
        case 17, 18: return .touch(slot: number(slots), address: maybe(3))
        case 19, 20: return .list(user: number(users), pageSize: 1 + number(4))
        case 21, 22: return .terminate(slot: number(slots), owner: maybe(users))
        case 23: return .terminateAll(user: number(users), except: maybe(slots), operation: number(operations))
        case 24: return .terminateEveryone(operation: number(operations))
        case 25..<30:
            return .rotate(
                slot: number(slots), age: [0, 0, 0, 1, 1, 2][number(6)], address: Bool.random(using: &random))
        case 30:
            return Bool.random(using: &random)
                ? .invalidate(slot: number(slots)) : .shorten(slot: number(slots), lifetime())
        case 31: return .chainState(slot: number(slots))
        case 32, 33:
            let recipient = maybe(users).map { Recipient.admin($0) } ?? (Bool.random(using: &random) ? .any : .kept)
            return .saveGrant(number(grants), lifetime(), recipient)
        case 34: return .findGrant(number(grants))
        case 35: return Bool.random(using: &random) ? .listGrants : .listGrantsTo(number(users))
        case 36: return number(4) == 0 ? .revokeGrantsTo(number(users)) : .revokeGrant(number(grants))
        case 37: return number(3) == 0 ? .sweep : .authorize(slot: number(slots))
        case 38: return .beginLogin(login: number(logins))
        case 40, 41: return .update(slot: number(slots), Change.allCases[number(Change.allCases.count)])
        case 42, 43: return .elevate(slot: number(slots), lifetime())
        case 44, 45: return .extendGrant(number(grants), lifetime())
        default: return number(3) == 0 ? .pause : .authorize(slot: number(slots))
        }
    }

    static func sequence(seed: UInt64) -> [Step] {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 8...30, using: &random)
        return (0..<count).map { _ in Step.random(using: &random) }
    }
}

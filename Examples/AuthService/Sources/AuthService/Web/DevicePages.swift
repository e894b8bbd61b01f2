import Foundation
import Hummingbird
import SessionRepository

/// Where a user sees their devices and ends sessions.
struct DevicePages: Sendable {
    let web: Web

    private struct View {
        let devices: [Device]
        let hasOthers: Bool
    }

    private struct Device {
        let id: String
        let name: String
        let address: String
        let lastActivity: Moment
        let signedIn: Moment
        let isCurrent: Bool
        let isSupport: Bool
        let isPhone: Bool
        /// Tells the buttons of two rows apart for those who only hear them.
        var label: String

        init(_ session: Session, current: SessionID, now: Date) {
            id = session.id.description
            name = session.deviceName ?? "Unknown device"
            address = session.ipAddress ?? ""
            lastActivity = Moment(session.lastActivityAt, now: now)
            signedIn = Moment(session.createdAt, now: now)
            isCurrent = session.id == current
            isSupport = session.grantID != nil
            isPhone = ["Android", "iPhone", "Pixel", "Galaxy"].contains { [name] in name.contains($0) }
            label = [name, address].filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("devices") { request, context in
            let current = context.session.id
            let found = try await web.sessions.findActiveSessionsByUser(context.session.userID)
            let now = Date()
            // This device first: it is the one that people look for.
            let sorted = found.filter { $0.id == current } + found.filter { $0.id != current }
            var devices = sorted.map { Device($0, current: current, now: now) }
            var seen: [String: Int] = [:]
            for index in devices.indices {
                let count = seen[devices[index].label, default: 0] + 1
                seen[devices[index].label] = count
                if count > 1 { devices[index].label += ", number \(count)" }
            }
            let view = View(devices: devices, hasOthers: devices.count > 1)
            return try web.pages.page(
                "devices", title: "Your devices", content: view, for: context.session, at: "/devices",
                notice: request.notice)
        }
        routes.post("devices/:session/end") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            let user = context.session.userID
            let outcome = try await web.sessions.terminateSession(
                try context.parameters.sessionID(), ownedBy: user, by: user.description, reason: "endedByUser")
            switch outcome {
            case .terminated: return Pages.redirect(to: "/devices", .sessionEnded)
            case .alreadyTerminated: return Pages.redirect(to: "/devices", .alreadyOver)
            case .unknown: throw Problem.notFound
            }
        }
        routes.post("devices/end-others") { request, context in
            _ = try await web.form(BareForm.self, request, context)
            let user = context.session.userID
            _ = try await web.sessions.terminateAllSessionsByUser(
                user, except: context.session.id, by: user.description, reason: "endedByUser")
            return Pages.redirect(to: "/devices", .othersEnded)
        }
    }
}

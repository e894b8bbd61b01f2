import Hummingbird
import SessionRepository

/// Where a user sees their devices and ends sessions.
struct DevicePages: Sendable {
    let web: Web

    private struct View {
        let path = "/devices"
        let caption = "Devices that are signed in, latest activity first"
        let rows: [SessionRow]
        let hasOthers: Bool
    }

    func add(to routes: some RouterMethods<SignedInContext>) {
        routes.get("devices") { request, context in
            let current = context.session.id
            let found = try await web.sessions.findActiveSessionsByUser(context.session.userID)
            let view = View(rows: SessionRow.rows(found, current: current), hasOthers: found.count > 1)
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

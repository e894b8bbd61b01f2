import RedisClient

/// The Lua scripts, each with the shared functions that it needs before it.
enum Scripts {
    static let beginLogin = load(PackageResources.begin_login_lua)
    static let createSession = load(PackageResources.create_session_lua)
    static let touchSession = load(PackageResources.touch_session_lua)
    static let findActiveSessions = load(PackageResources.find_active_sessions_lua)
    static let terminateSession = load(PackageResources.terminate_session_lua)
    static let terminateAllSessions = load(PackageResources.terminate_all_sessions_lua)
    static let invalidateChain = load(PackageResources.invalidate_chain_lua)
    static let rotateRefreshToken = load(PackageResources.rotate_refresh_token_lua)
    static let saveGrant = load(PackageResources.save_grant_lua)
    static let enterAdminGrant = load(PackageResources.enter_admin_grant_lua)
    static let listGrantIDs = load(PackageResources.list_grant_ids_lua)
    static let listGrants = load(PackageResources.list_grants_lua)
    static let revokeGrant = load(PackageResources.revoke_grant_lua)
    static let checkGrantSession = load(PackageResources.check_grant_session_lua)
    static let registerGrantSession = load(PackageResources.register_grant_session_lua)
    static let deleteExpiredGrants = load(PackageResources.delete_expired_grants_lua)
    static let shortenSession = load(PackageResources.shorten_session_lua)
    static let updateSession = load(PackageResources.update_session_lua)
    static let elevateSession = load(PackageResources.elevate_session_lua)
    static let renewSession = load(PackageResources.renew_session_lua)
    static let raiseEveryone = load(PackageResources.raise_everyone_lua)
    static let repeatBulkTermination = load(PackageResources.repeat_bulk_termination_lua)
    static let repeatEvictions = load(PackageResources.repeat_evictions_lua)
    static let repeatGrantSaving = load(PackageResources.repeat_grant_saving_lua)
    static let terminateSuperseded = load(PackageResources.terminate_superseded_lua)
    static let terminateSupersededSession = load(PackageResources.terminate_superseded_session_lua)

    private static let prelude = LuaPrelude(String(decoding: PackageResources.common_lua, as: UTF8.self))

    private static func load(_ bytes: [UInt8]) -> RedisScript {
        let body = String(decoding: bytes, as: UTF8.self)
        return RedisScript(source: prelude.needed(by: body) + body)
    }
}

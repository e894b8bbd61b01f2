-- Terminates all sessions of a user, or all but one, in one step, and refuses logins that authenticated before it.
--
-- KEYS    1 user's index  2 account
-- ARGV    1 R of the session to keep, or ''  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 operation ID  6 lifetime of the account record ms  7 session key up to R  8 chain key up to R
--         9 lifetime that sessions have unless it is asked for another, ms
-- Result  {how many sessions this operation terminated, when, Unix ms}; the same when it is repeated. The first time,
--         a list of the R of each of them too: a session may have been dated by another server's clock that was ahead
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
-- Nothing but the index itself may keep this from happening.
local account = redis.pcall('HMGET', KEYS[2], 'operations', 'furthest')
local operations = account[1] or nil
local count_before, time_before = (remembered(operations, ARGV[5]) or ''):match('^(%d+),?(%d*)$')
if count_before then
  return {tonumber(count_before), tonumber(time_before) or 0}
end

local now, kept = now_ms(), ARGV[1]
local termination = {
  index = KEYS[1], sessions = ARGV[7], chains = ARGV[8], now = now, retention = tonumber(ARGV[4]), by = ARGV[2],
  reason = ARGV[3],
}
-- That each session ends by then is as good as knowing when; unless sessions are short, and chains would be kept for
-- much longer than their tokens are valid. One day more, because the clock may have been another server's, and ahead.
-- Nil where the account record does not tell.
local furthest, usual = end_of(account[2]), math.max(tonumber(ARGV[9]), termination.retention)
local ended
if furthest and usual >= usual_lifetime then
  ended = terminate_unread(termination, kept, math.max(furthest, now + usual + 86400000))
else
  ended = terminate_members(termination, function(member)
    return member == kept
  end)
end
if corrupt then
  return corrupt
end

note_operations(KEYS[2], now, remember(operations, ARGV[5], #ended .. ',' .. now), ARGV[6])
if not furthest then
  redis.call('HSET', KEYS[2], 'furthest', now + longest_lifetime)
end
return {#ended, now, ended}

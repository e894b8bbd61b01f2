-- Terminates all sessions of a user, or all but one, in one step, and refuses logins that authenticated before it.
--
-- KEYS    1 user's index  2 account
-- ARGV    1 R of the session to keep, or ''  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 operation ID  6 lifetime of the account record ms  7 session key up to R  8 chain key up to R
-- Result  {how many sessions this operation terminated, when the last of them began, or now, Unix ms}; the same when
--         it is repeated. The first time, the R of each of them too, of a thousand at most
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
-- Nothing but the index itself may keep this from happening.
local account = redis.pcall('HMGET', KEYS[2], 'operations')
local operations = account[1] or nil
local count_before, time_before = (remembered(operations, ARGV[5]) or ''):match('^(%d+),?(%d*)$')
if count_before then
  return {tonumber(count_before), tonumber(time_before) or 0}
end

local now = now_ms()
-- A session may have been dated by another server's clock that was ahead.
local latest = now
local ended = terminate_members(
  KEYS[1], ARGV[7], ARGV[8], now, tonumber(ARGV[4]), ARGV[2], ARGV[3], function(member, record)
    if member == ARGV[1] then
      return false
    end
    latest = math.max(latest, began(record))
    return true
  end)
if corrupt then
  return corrupt
end

note_operations(KEYS[2], now, remember(operations, ARGV[5], ('%d,%.0f'):format(#ended, latest)), ARGV[6])
return {#ended, latest, unpack(ended, 1, 1000)}

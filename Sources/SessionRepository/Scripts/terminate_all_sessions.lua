-- Terminates all sessions of a user, or all but one, in one step, and refuses logins that authenticated before it.
--
-- KEYS    1 user's index  2 account
-- ARGV    1 R of the session to keep, or ''  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 operation ID  6 lifetime of the account record ms  7 session key up to R  8 chain key up to R
-- Result  how many sessions this operation terminated; the same number when it is repeated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
-- Nothing but the index itself may keep this from happening: a record of a wrong type is no active session.
local account = redis.pcall('HMGET', KEYS[2], 'operations')
local operations = account[1] or nil
local before = stored_number(remembered(operations, ARGV[5]))
if before then
  return before
end

local now = now_ms()
local retention = tonumber(ARGV[4])
local leaving, victims = {}, {}
for _, member in ipairs(read('ZRANGE', KEYS[1], 0, -1)) do
  if member ~= ARGV[1] then
    leaving[#leaving + 1] = member
    local record = redis.pcall('HMGET', ARGV[7] .. member, 'state', 'expires')
    if record[1] == 'active' then
      victims[#victims + 1] = {member = member, expires = record[2]}
    end
  end
end
if corrupt then
  return corrupt
end

remove_members(KEYS[1], leaving)
for _, victim in ipairs(victims) do
  mark_terminated(
    ARGV[7] .. victim.member, ARGV[8] .. victim.member, now, victim.expires, retention, ARGV[2], ARGV[3])
end
keep_index(KEYS[1])

-- At the memory limit Redis lets a script add only after it has removed, and there may have been nothing to remove.
if account.err then
  redis.call('DEL', KEYS[2])
else
  redis.call('HDEL', KEYS[2], 'operations')
end
redis.call('HSET', KEYS[2], 'notBefore', now, 'operations', remember(operations, ARGV[5], #victims))
redis.call('PEXPIRE', KEYS[2], ARGV[6])
return #victims

-- Gives a session a new ID after its user has authenticated again: a new session with a new refresh-token chain takes
-- over what the old one recorded, and the old one is terminated, in one step.
--
-- KEYS    1 old session  2 old chain  3 new session  4 new chain  5 everyone
-- ARGV    1 R of the old  2 R of the new  3 index key up to the user ID  4 account key up to the user ID
--         5 lifetime ms, or '' for that of the old one  6 authenticated at, Unix ms, or ''
--         7 retention of terminated records ms  8 reason
--         9 grant ID with which the new one is registered, or ''  10 latest end (of that grant), Unix ms, or ''
--         11 when the login began, Unix ms, or '' without a ticket  12 and 13 its user's and everyone's epoch then
-- Result  {'renewed'}, {'exists'} (active, and renewed before), {'ended'}, {'taken'}, {'notActive'},
--         {'superseded', 'everyoneOut' or 'bulkTermination'}, {'ticketExpired'}, {'grantEnded'}, or
--         {'underGrant', grant ID, user ID}: nothing is written before the new ID is registered with the grant
-- Cost    O(log N + fields) for N sessions of the user
local old = read('HMGET', KEYS[1], 'user', 'state', 'expires', 'idle', 'grant', 'created', 'id')
local new = read('HMGET', KEYS[3], 'user', 'state', 'renewed')
if corrupt then
  return corrupt
end
if new[1] or new[2] then
  if new[3] ~= ARGV[1] then
    return {'taken'}
  end
  return {new[2] == 'active' and 'exists' or 'ended'}
end
-- A late duplicate of a renewal whose session has been terminated since, record and all.
if redis.call('EXISTS', KEYS[4]) == 1 then
  return {'ended'}
end
local user, state = old[1], old[2]
if state == 'terminated' or (not user and not state and redis.call('EXISTS', KEYS[1]) == 0) then
  return {'notActive'}
end
local other = foreign(KEYS[1], old[7], ARGV[1])
if other then
  return other
end
local old_expires, idle = expires_of(old[3], old[6]), idle_of(old[4])
if not user or state ~= 'active' or not (old_expires and idle) then
  return {'corrupt', KEYS[1], 'user, state, created, expires or idle is not what it should be'}
end
if old[5] and old[5] ~= ARGV[9] then
  return {'underGrant', old[5], user}
end
local index, account = ARGV[3] .. user, ARGV[4] .. user
local furthest = read('HGET', account, 'furthest')
local user_epoch, everyone = epoch_of(account), epoch_of(KEYS[5])
read('ZCARD', index)
if corrupt then
  return corrupt
end

local now = now_ms()
local refused = refused_login({begun = ARGV[11], user = ARGV[12], everyone = ARGV[13]}, now, user_epoch, everyone)
if refused then
  return refused
end
local authenticated = math.min(tonumber(ARGV[6]) or now, now)
local created = stored_number(old[6])
if not created then
  return {'corrupt', KEYS[1], 'created is not a time in Unix milliseconds'}
end
-- Where a server's clock was ahead at the creation: what the old one has left.
local kept = math.min(math.max(old_expires - created, old_expires - now), longest_lifetime)
if kept <= 0 then
  return {'notActive'}
end
local expires = math.min(now + (tonumber(ARGV[5]) or kept), tonumber(ARGV[10]) or math.huge)
if expires <= now then
  return {'grantEnded'}
end

local fields, replaced = {}, {
  id = identity_of(ARGV[2]), created = now, seen = now, expires = recorded_expires(expires, now),
  authenticated = authenticated, renewed = ARGV[1], generation = false, rotated = false, moves = false,
  reissued = false, elevated = false,
  idle = idle ~= default_idle and idle,
}
if authenticated == now then
  replaced.authenticated = false
end
-- Without a ticket it is no new login: it ends with everyone's sessions if the old one would.
if ARGV[11] ~= '' then
  replaced.everyone = everyone ~= '' and everyone
end
local record = redis.call('HGETALL', KEYS[1])
for position = 1, #record, 2 do
  if replaced[record[position]] == nil then
    fields[#fields + 1] = record[position]
    fields[#fields + 1] = record[position + 1]
  end
end
for name, value in pairs(replaced) do
  if value then
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end
-- The first write is the one that Redis refuses at its memory limit, so that nothing has been written then.
note_end(account, furthest, expires, now)
redis.call('HSET', KEYS[3], unpack(fields))
local ends = math.min(expires, now + idle)
redis.call('PEXPIREAT', KEYS[3], ends)
redis.call('ZADD', index, ends, ARGV[2])
redis.call('ZREM', index, ARGV[1])
publish('sessionCreated', now, {session = id_of(KEYS[3]), user = user, grant = old[5]})
mark_terminated(KEYS[1], KEYS[2], user, now, old_expires, tonumber(ARGV[7]), '', ARGV[8])
keep_index(index)
return {'renewed'}

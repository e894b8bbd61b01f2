-- Gives a session a new ID after its user has authenticated again: a new session with a new refresh-token chain takes
-- over what the old one recorded, and the old one is terminated, in one step.
--
-- KEYS    1 old session  2 old chain  3 new session  4 new chain
-- ARGV    1 R of the old  2 R of the new  3 index key up to the user ID  4 account key up to the user ID
--         5 lifetime ms  6 authenticated at, Unix ms, or ''  7 retention of terminated records ms  8 reason
--         9 grant ID with which the new one is registered, or ''  10 latest end (of that grant), Unix ms, or ''
-- Result  {'renewed'}, {'exists'} (active, and renewed before), {'ended'}, {'taken'}, {'notActive'},
--         {'superseded', notBefore}, {'grantEnded'}, or {'underGrant', grant ID, user ID}: nothing is written before
--         the new ID is registered with the grant
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
local not_before, furthest = unpack(read('HMGET', account, 'notBefore', 'furthest'))
read('ZCARD', index)
if corrupt then
  return corrupt
end
if not_before and not stored_number(not_before) then
  return {'corrupt', account, 'notBefore is not a time in Unix milliseconds'}
end

local now = now_ms()
local authenticated = math.min(tonumber(ARGV[6]) or now, now)
if ARGV[6] ~= '' and not_before and authenticated <= tonumber(not_before) then
  return {'superseded', tonumber(not_before)}
end
local expires = math.min(now + tonumber(ARGV[5]), tonumber(ARGV[10]) or math.huge)
if expires <= now then
  return {'grantEnded'}
end

local fields, replaced = {}, {
  id = identity_of(ARGV[2]), created = now, seen = now, expires = recorded_expires(expires, now),
  authenticated = authenticated, renewed = ARGV[1], generation = false, rotated = false,
  reissued = false, elevated = false,
  idle = idle ~= default_idle and idle,
}
if authenticated == now then
  replaced.authenticated = false
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

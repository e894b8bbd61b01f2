-- Creates a session and enters it in its user's index, in one step with the limit per user, unless its
-- login was superseded.
--
-- KEYS    1 session  2 user's index  3 chain  4 account  5 everyone
-- ARGV    1 R  2 user ID  3 lifetime ms  4 idle timeout ms  5 authenticated at, Unix ms, or ''
--         6 latest end (of the grant), Unix ms, or ''  7 most active sessions  8 'refuse' or 'terminate' at that many
--         9 retention of terminated records ms  10 session key up to R  11 chain key up to R
--         12 reason for sessions that make room  13 grant, or ''
--         14 when the login began, Unix ms, or '' without a ticket  15 and 16 its user's and everyone's epoch then
--         17... more fields and their values
-- Result  {'created', created, authenticated, expires, the R of each that made room...},
--         {'exists'} (active, and created before), {'ended'}, {'taken'},
--         {'superseded', 'everyoneOut' or 'bulkTermination'}, {'ticketExpired'}, {'limit'} or {'grantEnded'}
-- Cost    O(log N + fields) for N sessions of the user; O(N) when at the limit
--
-- The first write is the one that Redis refuses at its memory limit, so that nothing has been written then.
local now = now_ms()
local R, user = ARGV[1], ARGV[2]
local lifetime, idle = tonumber(ARGV[3]), tonumber(ARGV[4])
local limit, retention = tonumber(ARGV[7]), tonumber(ARGV[9])

local known = read('HMGET', KEYS[1], 'user', 'state')
local furthest = read('HGET', KEYS[4], 'furthest')
local user_epoch, everyone = epoch_of(KEYS[4]), epoch_of(KEYS[5])
local others = read('ZCOUNT', KEYS[2], now, '+inf')
if corrupt then
  return corrupt
end
if known[1] then
  if known[1] ~= user then
    return {'taken'}
  end
  return {known[2] == 'active' and 'exists' or 'ended'}
end
-- A late duplicate of a creation whose session has been terminated since, record and all.
if redis.call('EXISTS', KEYS[3]) == 1 then
  return {'ended'}
end

local refused = refused_login({begun = ARGV[14], user = ARGV[15], everyone = ARGV[16]}, now, user_epoch, everyone)
if refused then
  return refused
end

local authenticated = math.min(tonumber(ARGV[5]) or now, now)
local expires = now + lifetime
if ARGV[6] ~= '' then
  expires = math.min(expires, tonumber(ARGV[6]))
  if expires <= now then
    return {'grantEnded'}
  end
end

-- Index entries whose hash is gone, terminated or no hash at all do not count: look closer when it matters.
local active = {}
if others >= limit then
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], now, '+inf')) do
    local record = redis.pcall('HMGET', ARGV[10] .. member, 'state', 'seen')
    if record[1] == 'active' then
      active[#active + 1] = {member = member, seen = stored_number(record[2]) or 0}
    end
  end
  if #active >= limit and ARGV[8] == 'refuse' then
    return {'limit'}
  end
end

local fields = {'id', identity_of(R), 'user', user, 'state', 'active', 'created', now, 'seen', now}
if recorded_expires(expires, now) then
  fields[#fields + 1] = 'expires'
  fields[#fields + 1] = expires
end
if idle ~= default_idle then
  fields[#fields + 1] = 'idle'
  fields[#fields + 1] = idle
end
if authenticated ~= now then
  fields[#fields + 1] = 'authenticated'
  fields[#fields + 1] = authenticated
end
if everyone ~= '' then
  fields[#fields + 1] = 'everyone'
  fields[#fields + 1] = everyone
end
if ARGV[13] ~= '' then
  fields[#fields + 1] = 'grant'
  fields[#fields + 1] = ARGV[13]
end
for position = 17, #ARGV do
  fields[#fields + 1] = ARGV[position]
end
note_end(KEYS[4], furthest, expires, now)
redis.call('HSET', KEYS[1], unpack(fields))
local ends = math.min(expires, now + idle)
redis.call('PEXPIREAT', KEYS[1], ends)
redis.call('ZADD', KEYS[2], ends, R)
prune_expired(KEYS[2], ARGV[10], now)

local result = {'created', now, authenticated, expires}
if #active >= limit then
  table.sort(active, function(a, b)
    if a.seen ~= b.seen then
      return a.seen < b.seen
    end
    return a.member < b.member
  end)
  for position = 1, #active - limit + 1 do
    local member = active[position].member
    local victim = ARGV[10] .. member
    local ending = redis.call('HMGET', victim, 'expires', 'created')
    result[#result + 1] = member
    redis.call('ZREM', KEYS[2], member)
    mark_terminated(
      victim, ARGV[11] .. member, user, now, expires_of(ending[1], ending[2]), retention, '', ARGV[12])
  end
end
keep_index(KEYS[2])
publish('sessionCreated', now, {session = id_of(KEYS[1]), user = user, grant = ARGV[13]})
return result

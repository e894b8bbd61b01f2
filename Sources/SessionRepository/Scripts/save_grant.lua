-- Saves a support-access grant, or changes of the one in force what is named. One expiry drives the field, the key's
-- lifetime and the index. A grant that is given to another administrator ends the sessions of the others for good.
--
-- KEYS    1 grant  2 mark of a revoked grant  3 sessions under the grant
-- ARGV    1 R  2 index key up to the organization ID  3 organization ID, or '' for that of a grant in force
--         4 who saves it, or ''  5 'keep', 'any' or 'admin'  6 administrator, or ''  7 the administrator's hash tag,
--         or ''  8 'keep' or 'set'  9 reason, or ''  10 'at' (Unix ms) or 'after' (ms from now)  11 that number
--         12 longest duration ms  13 operation ID  14 most grants in force  15 administrator whose index has it, or ''
-- Result  {'saved', created, expires, organization, granted by, granted to or '', reason or '',
--         its `saved` where this may have taken something away or '', its `reassigned` or '',
--         {sessions that ended with the change of administrator}, {sessions that may not outlive it}},
--         {'revoked'}, {'taken'}, {'limit'}, {'past'}, {'unknown'} (there is none to change), {'unnamed'} (a new one
--         needs an administrator), or {'enter', administrator}: nothing is written before their index has it
-- Cost    O(log N) for N grants of the organization; O(S) more for S sessions under one that is shortened or given away
if redis.call('EXISTS', KEYS[2]) == 1 then
  return {'revoked'}
end
local now = now_ms()
local known = read(
  'HMGET', KEYS[1], 'organization', 'created', 'expires', 'operations', 'id', 'grantedTo', 'saved', 'grantedBy',
  'reason', 'named', 'reassigned')
local organization = ARGV[3] ~= '' and ARGV[3] or known[1]
if not organization then
  local is_damaged = redis.call('EXISTS', KEYS[1]) == 1
  return corrupt or is_damaged and {'corrupt', KEYS[1], 'organization is missing'} or {'unknown'}
end
local index = ARGV[2] .. organization
local others = read('ZCOUNT', index, now, '+inf')
if corrupt then
  return corrupt
end
if known[1] and known[1] ~= organization then
  return {'taken'}
end
local other = known[1] and foreign(KEYS[1], known[5], ARGV[1])
if other then
  return other
end
local created, expired = stored_number(known[2]), stored_number(known[3])
if known[1] and not (created and expired) then
  return {'corrupt', KEYS[1], 'created or expires is not a time in Unix milliseconds'}
end
local saved, reassigned = stored_number(known[7]) or 0, known[11]

-- What it is after this; the result, but for the sessions.
local by, admin, reason = known[8] or ARGV[4], known[6], known[9]
local function result(expires, journaled, former, remaining)
  return {
    'saved', created, expires, organization, by, admin or '', reason or '', journaled or '', reassigned or '', former,
    remaining,
  }
end

-- Repeated, perhaps after the grant has been saved otherwise: a shortened one must not grow again by that.
if remembered(known[4], ARGV[13]) then
  local is_last = known[4]:sub(1, #ARGV[13] + 1) == ARGV[13] .. '='
  local former, remaining = former_and_remaining(redis.pcall('SMEMBERS', KEYS[3]))
  return result(expired, is_last and saved, former, remaining)
end

if ARGV[5] == 'keep' and not known[1] then
  return {'unnamed'}
end
if not known[1] and others >= tonumber(ARGV[14]) then
  return {'limit'}
end
created = created or now
local expires = tonumber(ARGV[11])
if ARGV[10] == 'after' then
  expires = now + expires
end
if expires <= now then
  return {'past'}
end
-- A policy that has become stricter extends nothing, and takes nothing away either.
expires = math.min(expires, math.max(created + tonumber(ARGV[12]), expired or 0))

if ARGV[5] ~= 'keep' then
  admin = ARGV[5] == 'admin' and ARGV[6]
end
if ARGV[8] == 'set' then
  reason = ARGV[9] ~= '' and ARGV[9]
end
local is_shorter, is_longer = expired and expires < expired, not expired or expires > expired
-- Its administrator finds it for as long as it lasts.
if admin and is_longer and admin ~= ARGV[15] then
  return {'enter', admin}
end
local is_given_away = known[1] and admin and known[6] ~= admin
local members = {}
if is_given_away then
  members = read('SMEMBERS', KEYS[3])
  if corrupt then
    return corrupt
  end
elseif not is_longer then
  members = redis.pcall('SMEMBERS', KEYS[3])
end

-- Tells this saving from earlier ones, also at a server that lost some and whose clock is behind.
saved = math.max(saved + 1, now)
-- What takes access away works at the memory limit too: Redis lets a script add after such a write.
if is_shorter or is_given_away then
  redis.call('PEXPIREAT', KEYS[1], math.min(expires, expired))
end
if is_given_away then
  reassigned = saved
  -- Where any administrator was allowed before, the one who stays keeps their sessions.
  members = end_former_sessions(KEYS[3], members, not known[6] and ARGV[7])
end
local fields = {
  'id', identity_of(ARGV[1]), 'organization', organization, 'grantedBy', by, 'created', created, 'expires', expires,
  'saved', saved, 'named', ARGV[5] ~= 'keep' and saved or known[10] or 0,
  'operations', remember(known[4], ARGV[13], expires),
}
local absent = {}
for name, value in pairs({grantedTo = admin or '', reason = reason or '', reassigned = reassigned or ''}) do
  if value ~= '' then
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  else
    absent[#absent + 1] = name
  end
end
redis.call('HSET', KEYS[1], unpack(fields))
if #absent > 0 then
  redis.call('HDEL', KEYS[1], unpack(absent))
end
-- After all that writes the key: before Redis 7.2 the clock goes on during a script, and an expiry that has passed
-- removes it.
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('PEXPIREAT', KEYS[3], expires)
redis.call('ZADD', index, expires, ARGV[1])
redis.call('ZREMRANGEBYSCORE', index, '-inf', '(' .. now)
keep_index(index)
publish('grantSaved', now, {
  grant = id_of(KEYS[1]), organization = organization, by = ARGV[4], user = admin, reason = reason, expires = expires,
})
local former, remaining = former_and_remaining(members)
return result(expires, (is_shorter or is_given_away) and saved, former, not is_longer and remaining or {})

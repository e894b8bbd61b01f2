-- Saves a support-access grant, or replaces the one with the same ID. One expiry drives the field, the key's lifetime
-- and the index.
--
-- KEYS    1 grant  2 organization's index  3 mark of a revoked grant  4 sessions under the grant
-- ARGV    1 R  2 organization ID  3 granted by  4 granted to, or ''  5 reason, or ''
--         6 'at' (Unix ms) or 'after' (ms from now)  7 that number  8 longest duration ms  9 operation ID
--         10 most grants in force
-- Result  {'saved', created, expires, its `saved` where this may have taken something away or '', session ID that may
--         not outlive it...}, {'revoked'}, {'taken'}, {'limit'} or {'past'}
-- Cost    O(log N) for N grants of the organization; O(S) more for S sessions under one that is shortened
if redis.call('EXISTS', KEYS[3]) == 1 then
  return {'revoked'}
end
local now = now_ms()
local known =
  read('HMGET', KEYS[1], 'organization', 'created', 'expires', 'operations', 'id', 'grantedTo', 'saved')
local others = read('ZCOUNT', KEYS[2], now, '+inf')
if corrupt then
  return corrupt
end
if known[1] and known[1] ~= ARGV[2] then
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
-- Repeated after the grant has been saved otherwise: a shortened one must not grow again by that.
local before, saved = stored_number(remembered(known[4], ARGV[9])), stored_number(known[7]) or 0
if before then
  local is_last = known[4]:sub(1, #ARGV[9] + 1) == ARGV[9] .. '='
  return {'saved', created, before, is_last and saved or ''}
end

if not known[1] and others >= tonumber(ARGV[10]) then
  return {'limit'}
end
created = created or now
local expires = tonumber(ARGV[7])
if ARGV[6] == 'after' then
  expires = now + expires
end
if expires <= now then
  return {'past'}
end
expires = math.min(expires, now + tonumber(ARGV[8]))

-- Tells this saving from earlier ones, also at a server that lost some and whose clock is behind.
saved = math.max(saved + 1, now)
local takes_away = known[1] and (expires < expired or ARGV[4] ~= '' and known[6] ~= ARGV[4])

-- Shortening takes access away, and that works at the memory limit too: Redis lets a script add after such a write.
if expired and expires < expired then
  redis.call('PEXPIREAT', KEYS[1], expires)
end
redis.call(
  'HSET', KEYS[1], 'id', identity_of(ARGV[1]), 'organization', ARGV[2], 'grantedBy', ARGV[3], 'created', created,
  'expires', expires, 'saved', saved,
  'operations', remember(known[4], ARGV[9], expires))
for field, value in pairs({grantedTo = ARGV[4], reason = ARGV[5]}) do
  if value ~= '' then
    redis.call('HSET', KEYS[1], field, value)
  else
    redis.call('HDEL', KEYS[1], field)
  end
end
-- After all that writes the key: before Redis 7.2 the clock goes on during a script, and an expiry that has passed
-- removes it.
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('PEXPIREAT', KEYS[4], expires)
redis.call('ZADD', KEYS[2], expires, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. now)
keep_index(KEYS[2])
publish('grantSaved', now, {
  grant = id_of(KEYS[1]), organization = ARGV[2], by = ARGV[3], user = ARGV[4], reason = ARGV[5], expires = expires,
})
local result = {'saved', created, expires, takes_away and saved or ''}
if expired and expires <= expired then
  for _, session in ipairs(redis.pcall('SMEMBERS', KEYS[4])) do
    result[#result + 1] = session
  end
end
return result

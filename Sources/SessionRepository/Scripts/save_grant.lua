-- Saves a support-access grant, or replaces the one with the same ID. One expiry drives the field, the key's lifetime
-- and the index.
--
-- KEYS    1 grant  2 organization's index  3 mark of a revoked grant  4 sessions under the grant
-- ARGV    1 R  2 organization ID  3 granted by  4 granted to, or ''  5 reason, or ''
--         6 'at' (Unix ms) or 'after' (ms from now)  7 that number  8 longest duration ms  9 operation ID
-- Result  {'saved', created, expires}, {'revoked'}, {'taken'} or {'past'}
-- Cost    O(log N) for N grants of the organization
if redis.call('EXISTS', KEYS[3]) == 1 then
  return {'revoked'}
end
local known = read('HMGET', KEYS[1], 'organization', 'created', 'expires', 'operations')
read('ZCARD', KEYS[2])
if corrupt then
  return corrupt
end
if known[1] and known[1] ~= ARGV[2] then
  return {'taken'}
end
local created, expired = stored_number(known[2]), stored_number(known[3])
if known[1] and not (created and expired) then
  return {'corrupt', KEYS[1], 'created or expires is not a time in Unix milliseconds'}
end
-- Repeated after the grant has been saved otherwise: a shortened one must not grow again by that.
local before = stored_number(remembered(known[4], ARGV[9]))
if before then
  return {'saved', created, before}
end

local now = now_ms()
created = created or now
local expires = tonumber(ARGV[7])
if ARGV[6] == 'after' then
  expires = now + expires
end
if expires <= now then
  return {'past'}
end
expires = math.min(expires, now + tonumber(ARGV[8]))

-- Shortening takes access away, and that works at the memory limit too: Redis lets a script add after such a write.
if expired and expires < expired then
  redis.call('PEXPIREAT', KEYS[1], expires)
end
redis.call(
  'HSET', KEYS[1], 'organization', ARGV[2], 'grantedBy', ARGV[3], 'created', created, 'expires', expires,
  'operations', remember(known[4], ARGV[9], expires))
redis.call('PEXPIREAT', KEYS[1], expires)
for field, value in pairs({grantedTo = ARGV[4], reason = ARGV[5]}) do
  if value ~= '' then
    redis.call('HSET', KEYS[1], field, value)
  else
    redis.call('HDEL', KEYS[1], field)
  end
end
redis.call('PEXPIREAT', KEYS[4], expires)
redis.call('ZADD', KEYS[2], expires, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. now)
keep_index(KEYS[2])
return {'saved', created, expires}

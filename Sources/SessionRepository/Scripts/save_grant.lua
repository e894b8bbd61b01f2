-- Saves a support-access grant, or replaces the one with the same ID. One expiry drives the field, the key's lifetime
-- and the index.
--
-- KEYS    1 grant  2 organization's index  3 mark of a revoked grant  4 sessions under the grant
-- ARGV    1 R  2 organization ID  3 granted by  4 granted to, or ''  5 reason, or ''
--         6 'at' (Unix ms) or 'after' (ms from now)  7 that number  8 longest duration ms
-- Result  {'saved', created, expires}, {'revoked'}, {'taken'} or {'past'}
-- Cost    O(log N) for N grants of the organization
if redis.call('EXISTS', KEYS[3]) == 1 then
  return {'revoked'}
end
local known = redis.call('HMGET', KEYS[1], 'organization', 'created')
if known[1] and known[1] ~= ARGV[2] then
  return {'taken'}
end
local now = now_ms()
local expires = tonumber(ARGV[7])
if ARGV[6] == 'after' then
  expires = now + expires
end
if expires <= now then
  return {'past'}
end
expires = math.min(expires, now + tonumber(ARGV[8]))
local created = known[2] or now
-- Read before the first write, so that an index of a wrong type stops the script with nothing written.
redis.call('ZCARD', KEYS[2])

redis.call(
  'HSET', KEYS[1], 'organization', ARGV[2], 'grantedBy', ARGV[3], 'created', created, 'expires', expires)
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

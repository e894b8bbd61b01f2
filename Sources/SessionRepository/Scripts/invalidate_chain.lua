-- Invalidates a session's refresh-token chain for the whole lifetime of any token it ever had.
--
-- KEYS    1 chain  2 session
-- ARGV    1 reason, or ''  2 longest lifetime of a token ms  3 retention of terminated records ms
-- Result  'invalidated' or 'alreadyInvalidated'
-- Cost    O(1)
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 'alreadyInvalidated'
end
-- No token outlives its session; without a record that says when that ends, the longest that one could have lived.
local record = redis.pcall('HMGET', KEYS[2], 'expires', 'user', 'created')
local expires, now = expires_of(record[1], record[3]), now_ms()
local ttl = tonumber(ARGV[2])
if expires then
  ttl = math.min(ttl, math.max(expires - now, tonumber(ARGV[3])))
end
invalidate_chain(KEYS[1], ARGV[1], ttl)
publish('chainInvalidated', now, {session = id_of(KEYS[1]), user = record[2], reason = ARGV[1]})
return 'invalidated'

-- Enters a grant in the index of the administrator whom it is about to name. Comes before the saving, which is in
-- another slot, so that no grant in force is missing; an entry proves nothing. Its score is no earlier than the grant's
-- expiry. It stays a day longer, because the clock that ends the grant may be another server's, and behind.
--
-- KEYS    1 administrator's index
-- ARGV    1 grant ID  2 'at' (Unix ms) or 'after' (ms from now)  3 that number
-- Result  'entered'
-- Cost    O(log N) for N grants of the administrator
local known = read('ZSCORE', KEYS[1], ARGV[1])
if corrupt then
  return corrupt
end
local now = now_ms()
local ends = tonumber(ARGV[3])
if ARGV[2] == 'after' then
  ends = now + ends
end
ends = math.min(ends, now + longest_lifetime)
local day = 86400000
-- The first write is the one that Redis refuses at its memory limit: what needs no more room works there too.
if not known or tonumber(known) < ends then
  redis.call('ZADD', KEYS[1], ends, ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - day)
local furthest = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], math.min(tonumber(furthest[2]) or ends, now + longest_lifetime) + day)
return 'entered'

-- Revokes a support-access grant: access ends as the key goes. Hands out the sessions under it, to be marked one by
-- one in their own slots; asking again continues a marking that was interrupted.
--
-- KEYS    1 grant  2 mark of a revoked grant  3 sessions under the grant
-- ARGV    1 R  2 index key up to the organization ID  3 by, or ''  4 lifetime of the mark ms
-- Result  {'revoked' or 'unknown', session ID...}
-- Cost    O(S + log N) for S sessions under the grant, N grants of the organization
-- Whatever the keys hold, the grant goes first.
local organization = redis.pcall('HGET', KEYS[1], 'organization')
local existed = redis.call('DEL', KEYS[1]) == 1
if type(organization) == 'string' then
  redis.pcall('ZREM', ARGV[2] .. organization, ARGV[1])
end
if existed then
  -- A late duplicate of the grant's saving must not bring it back.
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
end
local result = {existed and 'revoked' or 'unknown'}
for _, session in ipairs(redis.pcall('SMEMBERS', KEYS[3])) do
  result[#result + 1] = session
end
return result

-- Enters a session that is about to be opened under a grant, which proves that the grant is in force.
--
-- KEYS    1 grant  2 sessions under the grant
-- ARGV    1 session ID  2 user ID
-- Result  {'registered', expiry of the grant}, {'ended'} or {'notGranted'}
-- Cost    O(1)
local grant = redis.call('HMGET', KEYS[1], 'expires', 'grantedTo')
if not grant[1] then
  return {'ended'}
end
if grant[2] and grant[2] ~= ARGV[2] then
  return {'notGranted'}
end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIREAT', KEYS[2], grant[1])
return {'registered', grant[1]}

-- Enters a session that is about to be opened under a grant, which proves that the grant is in force.
--
-- KEYS    1 grant  2 sessions under the grant
-- ARGV    1 session ID  2 user ID  3 R of the grant
-- Result  {'registered', expiry of the grant}, {'ended'} or {'notGranted'}
-- Cost    O(1)
local grant = read('HMGET', KEYS[1], 'organization', 'expires', 'grantedTo', 'id')
-- One that a change of administrator ended, whose creation is repeated.
local has_ended = read('SISMEMBER', KEYS[2], '-' .. ARGV[1])
if corrupt then
  return corrupt
end
if not grant[1] and not grant[2] then
  return {'ended'}
end
local expires = stored_number(grant[2])
if not expires then
  return {'corrupt', KEYS[1], 'expires is not a time in Unix milliseconds'}
end
if grant[3] and grant[3] ~= ARGV[2] then
  return {'notGranted'}
end
local other = foreign(KEYS[1], grant[4], ARGV[3])
if other then
  return other
end
if has_ended == 1 then
  return {'ended'}
end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('PEXPIREAT', KEYS[2], expires)
return {'registered', expires}

-- Whether a session may go on under its grant: the grant is in force, names no other administrator, and this session
-- was opened under it. A grant that ended and was saved again under the same ID has no sessions.
--
-- KEYS    1 grant  2 sessions under the grant
-- ARGV    1 session ID  2 user ID  3 R of the grant
-- Result  'inForce' or 'ended'
-- Cost    O(1)
local grant = read('HMGET', KEYS[1], 'organization', 'grantedTo', 'id')
local registered = read('SISMEMBER', KEYS[2], ARGV[1])
if corrupt then
  return corrupt
end
if not grant[1] or (grant[2] and grant[2] ~= ARGV[2]) or registered ~= 1 then
  return 'ended'
end
return foreign(KEYS[1], grant[3], ARGV[3]) or 'inForce'

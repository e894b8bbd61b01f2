-- Revokes a support-access grant: access ends as the key goes. Hands out the sessions under it, to be marked one by
-- one in their own slots; asking again continues a marking that was interrupted.
--
-- KEYS    1 grant  2 mark of a revoked grant  3 sessions under the grant
-- ARGV    1 R  2 index key up to the organization ID  3 by, or ''  4 lifetime of the mark ms
--         5 lifetime of the mark ms when there was no such grant  6 the administrator whom it must name, or '' for any
-- Result  {'revoked' or 'unknown', who revoked it first, organization or '', administrator or '', session ID...}; of a
--         session that a change of administrator ended, with a '-' before
-- Cost    O(S + log N) for S sessions under the grant, N grants of the organization
-- Whatever the keys hold, the grant goes first.
local grant = redis.pcall('HMGET', KEYS[1], 'organization', 'grantedTo')
if ARGV[6] ~= '' and not is_wrong_type(grant) and grant[2] ~= ARGV[6] then
  return {'unknown', '', '', ''}
end
local organization, administrator = grant[1] or '', grant[2] or ''
local existed = redis.call('DEL', KEYS[1]) == 1
-- The grant's saving may still be under way, or be repeated: it must not take effect after this. The mark outlives
-- every session that could have been opened under the grant.
if existed then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
elseif redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[5])
end
if existed then
  publish('grantRevoked', now_ms(), {grant = id_of(KEYS[1]), organization = organization, by = ARGV[3]})
end
local result = {existed and 'revoked' or 'unknown', redis.call('GET', KEYS[2]), organization, administrator}
for _, session in ipairs(redis.pcall('SMEMBERS', KEYS[3])) do
  result[#result + 1] = session
end
-- While sessions wait to be marked, the index keeps the grant: the sweep finds them there.
if #result == 4 and organization ~= '' then
  leave_index(ARGV[2] .. organization, ARGV[1])
end
return result

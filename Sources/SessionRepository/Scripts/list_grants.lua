-- Lists an organization's grants in force, the first to expire first; removes index entries without a grant. Those of
-- revoked grants with sessions that wait to be marked stay.
--
-- KEYS    1 organization's index
-- ARGV    1 grant key up to R  2 key of the sessions under a grant, up to R
-- Result  {R, {field, value...}, R, {field, value...}, ...}
-- Cost    O(N) for N grants of the organization
local now = now_ms()
local list, stale = {}, {}
for _, member in ipairs(read('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do
  local fields = read('HGETALL', ARGV[1] .. member)
  if #fields > 0 then
    list[#list + 1] = member
    list[#list + 1] = fields
  elseif redis.call('EXISTS', ARGV[2] .. member) == 0 then
    stale[#stale + 1] = member
  end
end
if corrupt then
  return corrupt
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now)
remove_members(KEYS[1], stale)
return list

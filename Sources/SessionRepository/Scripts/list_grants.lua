-- Lists an organization's grants in force, the first to expire first; removes index entries without a grant.
--
-- KEYS    1 organization's index
-- ARGV    1 grant key up to R
-- Result  {R, {field, value...}, R, {field, value...}, ...}
-- Cost    O(N) for N grants of the organization
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. now_ms())
local list, stale = {}, {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local fields = redis.call('HGETALL', ARGV[1] .. member)
  if #fields > 0 then
    list[#list + 1] = member
    list[#list + 1] = fields
  else
    stale[#stale + 1] = member
  end
end
remove_members(KEYS[1], stale)
return list

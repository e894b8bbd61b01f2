-- Removes what expired or deleted grants left in an organization's index. Hands out the revoked grants whose sessions
-- are not all marked yet: their entries stay until they are.
--
-- KEYS    1 organization's index
-- ARGV    1 grant key up to R  2 key of the sessions under a grant, up to R
-- Result  {how many entries were removed, R of a revoked grant...}
-- Cost    O(N) for N grants of the organization
local members = read('ZRANGE', KEYS[1], 0, -1)
if corrupt then
  return corrupt
end
local stale, result = {}, {0}
for _, member in ipairs(members) do
  if redis.call('EXISTS', ARGV[1] .. member) == 0 then
    if redis.call('EXISTS', ARGV[2] .. member) == 0 then
      stale[#stale + 1] = member
    else
      result[#result + 1] = member
    end
  end
end
remove_members(KEYS[1], stale)
result[1] = #stale
return result

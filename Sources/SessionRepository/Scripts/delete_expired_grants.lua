-- Removes what expired or deleted grants left in an organization's index.
--
-- KEYS    1 organization's index
-- ARGV    1 grant key up to R
-- Result  how many entries were removed
-- Cost    O(N) for N grants of the organization
local members = read('ZRANGE', KEYS[1], 0, -1)
if corrupt then
  return corrupt
end
local stale = {}
for _, member in ipairs(members) do
  if redis.call('EXISTS', ARGV[1] .. member) == 0 then
    stale[#stale + 1] = member
  end
end
remove_members(KEYS[1], stale)
return #stale

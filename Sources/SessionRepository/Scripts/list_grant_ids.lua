-- Lists what an index of grants has, the first to expire first.
--
-- KEYS    1 index of an organization or of an administrator
-- ARGV    none
-- Result  {member...}: R of the organization's grants, whole IDs of the administrator's
-- Cost    O(N) for N members
local members = read('ZRANGE', KEYS[1], 0, -1)
return corrupt or members

-- What a login that begins now has to find unchanged when it ends: the epochs of its user and of everyone. Writes
-- nothing.
--
-- KEYS    1 account  2 everyone
-- ARGV    none
-- Result  {now, Unix ms, the user's epoch or '', everyone's epoch or ''}
-- Cost    O(1)
local user, everyone = epoch_of(KEYS[1]), epoch_of(KEYS[2])
if corrupt then
  return corrupt
end
return {now_ms(), user, everyone}

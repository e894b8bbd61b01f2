-- Terminates those sessions of one user that were created before everyone's epoch was last raised.
--
-- KEYS    1 user's index  2 everyone
-- ARGV    1 by, or ''  2 reason, or ''  3 retention of the records ms  4 session key up to R  5 chain key up to R
-- Result  how many sessions this call terminated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
local everyone = epoch_of(KEYS[2])
local termination = {
  index = KEYS[1], sessions = ARGV[4], chains = ARGV[5], now = now_ms(), retention = tonumber(ARGV[3]), by = ARGV[1],
  reason = ARGV[2],
}
if corrupt then
  return corrupt
end
local ended = terminate_members(termination, function(_, record)
  return (record[4] or '') == everyone
end, {'created', 'everyone'})
return corrupt or #ended

-- Terminates those sessions of one user that were created before everyone's epoch was raised. Raises it first where the
-- server lost that.
--
-- KEYS    1 user's index  2 everyone
-- ARGV    1 by, or ''  2 reason, or ''  3 retention of the records ms  4 session key up to R  5 chain key up to R
--         6 number of the epoch  7 operation ID  8 lifetime of everyone's record ms
-- Result  how many sessions this call terminated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
read('ZCARD', KEYS[1])
local everyone = epoch_since(KEYS[2], tonumber(ARGV[6]), ARGV[7], ARGV[8])
if corrupt then
  return corrupt
end
local termination = {
  index = KEYS[1], sessions = ARGV[4], chains = ARGV[5], now = now_ms(), retention = tonumber(ARGV[3]), by = ARGV[1],
  reason = ARGV[2],
}
local ended = terminate_members(termination, function(_, record)
  return (record[4] or '') == everyone
end, {'created', 'everyone'})
return corrupt or #ended

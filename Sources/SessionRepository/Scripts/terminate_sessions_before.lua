-- Terminates those sessions of one user whose login was at or before a time.
--
-- KEYS    1 user's index
-- ARGV    1 that time, Unix ms  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 session key up to R  6 chain key up to R
-- Result  how many sessions this call terminated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
local cutoff = tonumber(ARGV[1])
local termination = {
  index = KEYS[1], sessions = ARGV[5], chains = ARGV[6], now = now_ms(), retention = tonumber(ARGV[4]), by = ARGV[2],
  reason = ARGV[3],
}
local ended = terminate_members(termination, function(_, record)
  return began(record) > cutoff
end, when_it_began)
return corrupt or #ended

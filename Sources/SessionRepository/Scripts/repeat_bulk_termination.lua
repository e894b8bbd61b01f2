-- Applies a bulk termination again at a server that may have lost it: ends the sessions that it ended and no other, and
-- raises the user's epoch where it is lower.
--
-- KEYS    1 user's index  2 account  3 operation
-- ARGV    1 operation ID  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 lifetime of the account record and of marks on chains ms  6 session key up to R  7 chain key up to R
--         8 lifetime of the operation's result ms  9 number of the epoch that it raised  10... R of each session
-- Result  how many sessions this call terminated
-- Cost    O(K log N) for K sessions that it ended, N sessions of the user
local listed = {}
for position = 10, #ARGV do
  listed[#listed + 1] = ARGV[position]
end
local ended = terminate_listed(listed, ARGV[5], {
  index = KEYS[1], sessions = ARGV[6], chains = ARGV[7], now = now_ms(), retention = tonumber(ARGV[4]), by = ARGV[2],
  reason = ARGV[3],
})
local number, before = tonumber(ARGV[9]), number_of(redis.pcall('HGET', KEYS[2], 'epoch'))
if before < number then
  write_epoch(KEYS[2], number, nonce_of(ARGV[1]), ARGV[5])
end
note_result(KEYS[3], number, listed, ARGV[8])
return #ended

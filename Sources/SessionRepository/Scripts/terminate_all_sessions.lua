-- Terminates all sessions of a user, or all but one, in one step, and raises the user's epoch: logins that began before
-- it are refused.
--
-- KEYS    1 user's index  2 account  3 operation
-- ARGV    1 R of the session to keep, or ''  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 operation ID  6 lifetime of the account record ms  7 session key up to R  8 chain key up to R
--         9 lifetime that sessions have unless it is asked for another, ms  10 lifetime of the operation's result ms
-- Result  {the number of the epoch, the R of each session that this operation terminated...}; the same when repeated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
-- Nothing but the index itself may keep this from happening.
local done = result_of(KEYS[3])
if done then
  return done
end

local account = redis.pcall('HMGET', KEYS[2], 'epoch', 'furthest')
local now, kept = now_ms(), ARGV[1]
local termination = {
  index = KEYS[1], sessions = ARGV[7], chains = ARGV[8], now = now, retention = tonumber(ARGV[4]), by = ARGV[2],
  reason = ARGV[3],
}
-- That each session ends by then is as good as knowing when; unless sessions are short, and chains would be kept for
-- much longer than their tokens are valid. One day more, because the clock may have been another server's, and ahead.
-- Nil where the account record does not tell.
local furthest, usual = end_of(account[2]), math.max(tonumber(ARGV[9]), termination.retention)
local ended
if furthest and usual >= usual_lifetime then
  ended = terminate_unread(termination, kept, math.max(furthest, now + usual + 86400000))
else
  ended = terminate_members(termination, function(member)
    return member == kept
  end)
end
if corrupt then
  return corrupt
end

local number = math.max(number_of(account[1]) + 1, now)
write_epoch(KEYS[2], number, nonce_of(ARGV[5]), ARGV[6])
if not furthest then
  redis.call('HSET', KEYS[2], 'furthest', now + longest_lifetime)
end
return note_result(KEYS[3], number, ended, ARGV[10])

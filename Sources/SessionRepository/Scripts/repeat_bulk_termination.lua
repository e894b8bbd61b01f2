-- Applies a bulk termination again at a server that may have lost it: ends what had begun by then, and nothing that has
-- begun since.
--
-- KEYS    1 user's index  2 account
-- ARGV    1 R of the session to keep, or ''  2 by, or ''  3 reason, or ''  4 retention of the records ms
--         5 operation ID  6 lifetime of the account record and of marks on chains ms
--         7 session key up to R  8 chain key up to R
--         9 when it happened, Unix ms  10 how many it terminated  11... R of each of them, as far as they are known
-- Result  how many sessions this call terminated
-- Cost    O(N log N) for N sessions of the user, which `maximumSessionsPerUser` bounds
local cutoff = tonumber(ARGV[9])
local known = {}
for position = 11, #ARGV do
  known[ARGV[position]] = true
end
local account = redis.pcall('HMGET', KEYS[2], 'notBefore', 'operations')
local operations = account[2] or nil
local termination = {
  index = KEYS[1], sessions = ARGV[7], chains = ARGV[8], now = now_ms(), retention = tonumber(ARGV[4]), by = ARGV[2],
  reason = ARGV[3],
}
local ended = terminate_members(termination, function(member, record)
  return member == ARGV[1] or began(record) > cutoff and not known[member]
end, when_it_began)
if corrupt then
  return corrupt
end
if not remembered(operations, ARGV[5]) then
  operations = remember(operations, ARGV[5], ARGV[10] .. ',' .. ARGV[9])
end
note_operations(KEYS[2], math.max(stored_number(account[1]) or 0, cutoff), operations, ARGV[6])
-- A server that took over may never have heard of some of them. No late duplicate may create them there now, and their
-- tokens stay useless.
for position = 11, #ARGV do
  local chain = ARGV[8] .. ARGV[position]
  if redis.call('EXISTS', ARGV[7] .. ARGV[position], chain) == 0 then
    redis.call('SET', chain, ARGV[3], 'PX', ARGV[6])
  end
end
return #ended

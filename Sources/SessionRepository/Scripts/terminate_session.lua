-- Terminates one session: marks it, takes it out of its user's index, invalidates its chain.
--
-- KEYS    1 session  2 chain
-- ARGV    1 R  2 index key up to the user ID  3 owner, or '' for any  4 by, or ''  5 reason, or ''
--         6 retention of the record ms  7 lifetime ms of the mark on the chain where the record is gone although it was
--         there once, or ''
-- Result  'terminated', 'alreadyTerminated' or 'unknown'
-- Cost    O(log N) for N sessions of the user
local record = read('HMGET', KEYS[1], 'user', 'state', 'expires', 'created')
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
if not user and not state then
  if redis.call('EXISTS', KEYS[1]) == 1 then
    return {'corrupt', KEYS[1], 'user and state are missing'}
  end
  -- A server that took over may never have heard of it. No late duplicate may create it there now, and its tokens stay
  -- useless.
  if ARGV[7] ~= '' and redis.call('EXISTS', KEYS[2]) == 0 then
    invalidate_chain(KEYS[2], ARGV[5], tonumber(ARGV[7]))
  end
  return 'unknown'
end
if ARGV[3] ~= '' and user ~= ARGV[3] then
  return 'unknown'
end
if user then
  leave_index(ARGV[2] .. user, ARGV[1])
end
if state == 'terminated' then
  return 'alreadyTerminated'
end
local expires = expires_of(record[3], record[4])
mark_terminated(KEYS[1], KEYS[2], user, now_ms(), expires, tonumber(ARGV[6]), ARGV[4], ARGV[5])
return 'terminated'

-- Rotates a refresh-token chain: spends one generation, hands out the next, and ends the session when a spent one comes
-- back (RFC 9700 section 4.14.2).
--
-- KEYS    1 session  2 chain
-- ARGV    1 R  2 index key up to the user ID  3 generation of the token  4 reuse interval ms
--         5 retention of terminated records ms  6 reason recorded at reuse  7 grant ID known to be in force, or ''
--         8 IP address, or ''
--         9 'afterInterval' or 'afterSuccessorWasUsed': from when on the return of the predecessor is reuse
-- Result  {'rotated' or 'repeated', generation of the successor, user ID}, {'reuse'}, {'invalidated'}, {'unknown'},
--         {'forged'}, or {'underGrant', grant ID, user ID}: nothing is written before the caller has looked at the
--         grant
-- Cost    O(log N) for N sessions of the user
local record = read(
  'HMGET', KEYS[1], 'user', 'state', 'generation', 'rotated', 'expires', 'idle', 'grant', 'created', 'id', 'seen', 'ip',
  'moves', 'reissued')
if redis.call('EXISTS', KEYS[2]) == 1 then
  return {'invalidated'}
end
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
if not user and not state and redis.call('EXISTS', KEYS[1]) == 0 then
  return {'unknown'}
end
if state == 'terminated' then
  return {'invalidated'}
end
local other = foreign(KEYS[1], record[9], ARGV[1])
if other then
  return other
end
local presented, current = tonumber(ARGV[3]), stored_number(record[3] or '0')
local expires, idle = expires_of(record[5], record[8]), idle_of(record[6])
local reissued = record[13] and stored_number(record[13])
if not user or state ~= 'active' or not (current and expires and idle) or reissued == nil then
  return {'corrupt', KEYS[1], 'user, state, generation, reissued, created, expires or idle is not what it should be'}
end
-- Ahead of the stored one by a few: a failover lost so many rotations. By more: nobody was ever handed this token.
if presented > current + 8 then
  return {'forged'}
end
local index, address = ARGV[2] .. user, ARGV[8]

local now = now_ms()
-- A lost reply or a parallel tab: the same successor again, for a while that does not slide. The difference is taken
-- without its sign, because after a failover the clock may be another server's.
local is_predecessor = presented == current - 1
local is_repeated = is_predecessor and math.abs(now - (stored_number(record[4]) or 0)) < tonumber(ARGV[4])
-- Later than that, while nobody has used the successor: a lost reply, or a second holder of the token. Which of the two
-- shows when the successor is used. Once it was handed out late, its own return after the interval is reuse.
local is_late = is_predecessor and not is_repeated and ARGV[9] == 'afterSuccessorWasUsed' and presented ~= reissued
if presented < current and not (is_repeated or is_late) then
  leave_index(index, ARGV[1])
  publish('refreshTokenReuse', now, {session = id_of(KEYS[1]), user = user})
  mark_terminated(KEYS[1], KEYS[2], user, now, expires, tonumber(ARGV[5]), '', ARGV[6])
  return {'reuse'}
end
if record[7] and record[7] ~= ARGV[7] then
  return {'underGrant', record[7], user}
end
if is_repeated then
  local seen = stored_number(record[10])
  if seen then
    note_address(KEYS[1], math.min(expires, seen + idle), address, record[11], record[12])
  end
  return {'repeated', current, user}
end
read('ZCARD', index)
if corrupt then
  return corrupt
end
local ends = math.min(expires, now + idle)
-- A refresh is activity.
local fields = {'seen', now}
if is_late then
  fields[3], fields[4] = 'reissued', current
else
  -- A newer generation than the stored one proves that a failover lost a rotation: it counts as the current one.
  fields[3], fields[4], fields[5], fields[6] = 'generation', presented + 1, 'rotated', now
end
if address ~= '' then
  fields[#fields + 1] = 'ip'
  fields[#fields + 1] = address
end
if record[12] then
  redis.call('HDEL', KEYS[1], 'moves')
end
slide(KEYS[1], ends, unpack(fields))
redis.call('ZADD', index, ends, ARGV[1])
keep_index(index)
return {is_late and 'repeated' or 'rotated', presented + 1, user}

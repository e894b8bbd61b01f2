-- Rotates a refresh-token chain: spends one generation, hands out the next, and ends the session when a spent one comes
-- back (RFC 9700 section 4.14.2).
--
-- KEYS    1 session  2 chain
-- ARGV    1 R  2 index key up to the user ID  3 generation of the token  4 reuse interval ms
--         5 retention of terminated records ms  6 reason recorded at reuse  7 grant ID known to be in force, or ''
--         8 IP address, or ''
-- Result  {'rotated' or 'repeated', generation of the successor, user ID}, {'reuse'}, {'invalidated'}, {'unknown'},
--         or {'underGrant', grant ID, user ID}: nothing is written before the caller has looked at the grant
-- Cost    O(log N) for N sessions of the user
local record = read(
  'HMGET', KEYS[1], 'user', 'state', 'generation', 'rotated', 'expires', 'idle', 'grant', 'created', 'id', 'seen', 'ip',
  'moves')
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
if not user or state ~= 'active' or not (current and expires and idle) then
  return {'corrupt', KEYS[1], 'user, state, generation, created, expires or idle is not what it should be'}
end
local index, address = ARGV[2] .. user, ARGV[8]

local now = now_ms()
-- A lost reply or a parallel tab: the same successor again, for a while that does not slide. The difference is taken
-- without its sign, because after a failover the clock may be another server's.
local is_repeated = presented == current - 1
  and math.abs(now - (stored_number(record[4]) or 0)) < tonumber(ARGV[4])
if presented < current and not is_repeated then
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
-- A newer generation than the stored one proves that a failover lost a rotation: it counts as the current one.
local ends = math.min(expires, now + idle)
-- A refresh is activity.
local fields = {'generation', presented + 1, 'rotated', now, 'seen', now}
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
return {'rotated', presented + 1, user}

-- Records activity and moves the idle expiry; never creates or revives a record. Within the resolution only another
-- address is recorded, a few times at most.
--
-- KEYS    1 session
-- ARGV    1 R  2 index key up to the user ID  3 IP address, or ''  4 resolution ms
-- Result  {'recorded' or 'recent', ms for which the next one from the same address will be 'recent'}, or 'notActive'
-- Cost    O(log N) for N sessions of the user
local record = read('HMGET', KEYS[1], 'user', 'state', 'seen', 'expires', 'idle', 'created', 'id', 'ip', 'moves')
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
local refused = refused_change(KEYS[1], user, state, record[7], ARGV[1])
if refused then
  return refused
end
local seen, expires, idle = stored_number(record[3]), expires_of(record[4], record[6]), idle_of(record[5])
if not user or state ~= 'active' or not (seen and expires and idle) then
  return {'corrupt', KEYS[1], 'user, state, seen, created, expires or idle is not what it should be'}
end
local index = ARGV[2] .. user
read('ZCARD', index)
if corrupt then
  return corrupt
end
local now, address = now_ms(), ARGV[3]
-- Without its sign: after a failover the clock may be another server's, and behind the record.
-- A short idle timeout makes the resolution finer: who is active must not run into it.
local resolution = math.min(tonumber(ARGV[4]), idle / 10)
local age = math.abs(now - seen)
if age < resolution then
  local moved = note_address(KEYS[1], math.min(expires, seen + idle), address, record[8], record[9])
  return {moved and 'recorded' or 'recent', resolution - age}
end
local ends = math.min(expires, now + idle)
if record[9] then
  redis.call('HDEL', KEYS[1], 'moves')
end
if address ~= '' then
  slide(KEYS[1], ends, 'seen', now, 'ip', address)
else
  slide(KEYS[1], ends, 'seen', now)
end
redis.call('ZADD', index, ends, ARGV[1])
keep_index(index)
return {'recorded', resolution}

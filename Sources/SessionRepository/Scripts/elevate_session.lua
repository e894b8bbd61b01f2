-- Raises the assurance level of an active session until a time, which is not beyond the session's end. An elevation
-- before it is replaced.
--
-- KEYS    1 session
-- ARGV    1 R  2 duration ms  3 level and methods
-- Result  {'updated', {field, value...}} or 'notActive'
-- Cost    O(fields)
local record = read('HMGET', KEYS[1], 'user', 'state', 'id', 'expires', 'created')
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
local refused = refused_change(KEYS[1], user, state, record[3], ARGV[1])
if refused then
  return refused
end
local expires = expires_of(record[4], record[5])
if not user or state ~= 'active' or not expires then
  return {'corrupt', KEYS[1], 'user, state, created or expires is not what it should be'}
end
local ends = math.min(now_ms() + tonumber(ARGV[2]), expires)
redis.call('HSET', KEYS[1], 'elevated', ('%.0f %s'):format(ends, ARGV[3]))
return {'updated', redis.call('HGETALL', KEYS[1])}

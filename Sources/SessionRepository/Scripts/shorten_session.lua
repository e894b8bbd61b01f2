-- Brings the end of an active session forward; never moves it back.
--
-- KEYS    1 session
-- ARGV    1 R  2 index key up to the user ID  3 grant ID that it must be under, or '' for any session
--         4 latest end, Unix ms, or ''  5 in place of that: ms from now
-- Result  {'shortened' or 'unchanged', end} or 'notActive'
-- Cost    O(log N) for N sessions of the user
local record = read('HMGET', KEYS[1], 'user', 'state', 'expires', 'grant', 'created', 'id')
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
local refused = refused_change(KEYS[1], user, state, record[6], ARGV[1])
if refused then
  return refused
end
if ARGV[3] ~= '' and record[4] ~= ARGV[3] then
  return 'notActive'
end
local expires = expires_of(record[3], record[5])
if not user or state ~= 'active' or not expires then
  return {'corrupt', KEYS[1], 'user, state, created or expires is not what it should be'}
end
local index = ARGV[2] .. user
read('ZCARD', index)
if corrupt then
  return corrupt
end
local now = now_ms()
local latest = tonumber(ARGV[4]) or now + tonumber(ARGV[5])
if expires <= latest then
  return {'unchanged', expires}
end
if latest <= now then
  -- Its time has run out meanwhile.
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', index, ARGV[1])
  publish('sessionExpired', now, {session = id_of(KEYS[1]), user = user})
  return {'shortened', latest}
end
local rest = redis.call('PTTL', KEYS[1])
-- Without a TTL there is no earlier end to keep.
local ends = rest >= 0 and math.min(now + rest, latest) or latest
slide(KEYS[1], ends, 'expires', latest)
redis.call('ZADD', index, ends, ARGV[1])
keep_index(index)
return {'shortened', latest}

-- Brings the end of a session forward to that of its grant.
--
-- KEYS    1 session
-- ARGV    1 R  2 index key up to the user ID  3 grant ID  4 latest end, Unix ms
-- Result  'shortened' or 'unchanged'
-- Cost    O(log N) for N sessions of the user
local record = read('HMGET', KEYS[1], 'user', 'state', 'expires', 'grant', 'created')
if corrupt then
  return corrupt
end
local user, expires, latest = record[1], expires_of(record[3], record[5]), tonumber(ARGV[4])
if record[2] ~= 'active' or record[4] ~= ARGV[3] or not user or not expires or expires <= latest then
  return 'unchanged'
end
local index = ARGV[2] .. user
read('ZCARD', index)
if corrupt then
  return corrupt
end
local now = now_ms()
if latest <= now then
  -- The grant has expired meanwhile, and the session with it.
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', index, ARGV[1])
  publish('sessionExpired', now, {session = id_of(KEYS[1]), user = user})
  return 'shortened'
end
local ends = math.min(now + redis.call('PTTL', KEYS[1]), latest)
slide(KEYS[1], ends, 'expires', latest)
redis.call('ZADD', index, ends, ARGV[1])
keep_index(index)
return 'shortened'

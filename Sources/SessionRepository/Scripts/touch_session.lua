-- Records activity and moves the idle expiry; never creates or revives a record.
--
-- KEYS    1 session
-- ARGV    1 R  2 index key up to the user ID  3 IP address, or ''  4 resolution ms
-- Result  'recorded', 'recent' or 'notActive'
-- Cost    O(log N) for N sessions of the user
local record = redis.call('HMGET', KEYS[1], 'user', 'state', 'seen', 'expires', 'idle')
if not record[1] or record[2] ~= 'active' then
  return 'notActive'
end
local now = now_ms()
local seen, expires, idle = tonumber(record[3]), tonumber(record[4]), tonumber(record[5])
if not (seen and expires and idle) then
  return redis.error_reply('CORRUPT ' .. KEYS[1] .. ' seen, expires or idle is not a number')
end
if now - seen < tonumber(ARGV[4]) then
  return 'recent'
end
-- The index first: if it is not one any more, nothing has been written yet.
local index = ARGV[2] .. record[1]
local ends = math.min(expires, now + idle)
redis.call('ZADD', index, ends, ARGV[1])
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'seen', now, 'ip', ARGV[3])
else
  redis.call('HSET', KEYS[1], 'seen', now)
end
redis.call('PEXPIREAT', KEYS[1], ends)
keep_index(index)
return 'recorded'

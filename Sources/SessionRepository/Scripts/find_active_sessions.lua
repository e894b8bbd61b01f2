-- Lists a page of a user's active sessions, latest activity first; removes index entries that expired, and those whose
-- session was deleted or terminated behind the index's back.
--
-- KEYS    1 user's index
-- ARGV    1 session key up to R  2 page size  3 and 4 last activity and R of the session before this page, or '' ''
-- Result  {1 if there are more, else 0, R, {field, value...}, R, {field, value...}, ...}
-- Cost    O(N log N) for N sessions of the user
local now = now_ms()
local found, stale = {}, {}
local after = tonumber(ARGV[3])
for _, member in ipairs(read('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do
  local session = ARGV[1] .. member
  local record = read('HMGET', session, 'state', 'seen')
  if record[1] == 'terminated' or (not record[1] and redis.call('EXISTS', session) == 0) then
    stale[#stale + 1] = member
  else
    local seen = stored_number(record[2]) or 0
    if not after or seen < after or (seen == after and member > ARGV[4]) then
      found[#found + 1] = {member = member, seen = seen}
    end
  end
end
if corrupt then
  return corrupt
end
prune_expired(KEYS[1], ARGV[1], now)
remove_members(KEYS[1], stale)
table.sort(found, function(a, b)
  if a.seen ~= b.seen then
    return a.seen > b.seen
  end
  return a.member < b.member
end)

local size = tonumber(ARGV[2])
local page = {#found > size and 1 or 0}
for position = 1, math.min(size, #found) do
  local member = found[position].member
  page[#page + 1] = member
  page[#page + 1] = redis.call('HGETALL', ARGV[1] .. member)
end
return page

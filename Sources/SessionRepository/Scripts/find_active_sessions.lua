-- Lists a page of a user's active sessions, the newest first: an order in which no session moves between two pages.
-- Removes index entries that expired, and those whose session was deleted or terminated behind the index's back.
--
-- KEYS    1 user's index
-- ARGV    1 session key up to R  2 page size  3 and 4 `created` and R of the last session before this page, or '' ''
-- Result  {`created` of the last session if there are more, else -1, R, {field, value...}, R, {field, value...}, ...}
-- Cost    O(N log N) for N sessions of the user
local now = now_ms()
local found, stale = {}, {}
local after = tonumber(ARGV[3])
for _, member in ipairs(read('ZRANGEBYSCORE', KEYS[1], now, '+inf')) do
  local session = ARGV[1] .. member
  local record = read('HMGET', session, 'state', 'created')
  if record[1] == 'terminated' or (not record[1] and redis.call('EXISTS', session) == 0) then
    stale[#stale + 1] = member
  else
    local created = stored_number(record[2]) or 0
    if not after or created < after or (created == after and member > ARGV[4]) then
      found[#found + 1] = {member = member, created = created}
    end
  end
end
if corrupt then
  return corrupt
end
prune_expired(KEYS[1], ARGV[1], now)
remove_members(KEYS[1], stale)
table.sort(found, function(a, b)
  if a.created ~= b.created then
    return a.created > b.created
  end
  return a.member < b.member
end)

local size = tonumber(ARGV[2])
local page = {#found > size and found[size].created or -1}
for position = 1, math.min(size, #found) do
  local member = found[position].member
  page[#page + 1] = member
  page[#page + 1] = redis.call('HGETALL', ARGV[1] .. member)
end
return page

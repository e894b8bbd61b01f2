-- Prepended to every script that names it: what they share. Defines locals only.

-- The server's clock in Unix milliseconds.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Gives an index (sorted set by expiry) the lifetime of its furthest member.
local function keep_index(index)
  local furthest = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
  if furthest[2] then
    redis.call('PEXPIREAT', index, furthest[2])
  end
end

-- Removes many members; a call takes at most some thousand arguments.
local function remove_members(index, members)
  for first = 1, #members, 1000 do
    redis.call('ZREM', index, unpack(members, first, math.min(first + 999, #members)))
  end
end

-- Invalidates a refresh-token chain until no token of it can be valid any more. DEL comes first, because Redis at its
-- memory limit lets a script add only after it has removed.
local function invalidate_chain(chain, reason, ttl)
  redis.call('DEL', chain)
  redis.call('SET', chain, reason, 'PX', ttl)
end

-- Marks one active session as terminated and invalidates its chain. Its index entry is the caller's business.
-- An optional value is passed as '' and then left out.
local function mark_terminated(session, chain, now, expires, retention, by, reason)
  invalidate_chain(chain, reason, math.max((tonumber(expires) or 0) - now, retention))
  local fields = {'state', 'terminated', 'terminated', now}
  if by ~= '' then
    fields[#fields + 1] = 'terminatedBy'
    fields[#fields + 1] = by
  end
  if reason ~= '' then
    fields[#fields + 1] = 'reason'
    fields[#fields + 1] = reason
  end
  redis.call('HSET', session, unpack(fields))
  redis.call('PEXPIRE', session, retention)
end

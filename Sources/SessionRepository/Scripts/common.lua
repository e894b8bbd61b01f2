-- Prepended to every script: what they share. Defines locals only.

-- What a script returns instead of its result when a key does not hold what it should:
-- {'corrupt', key, problem}. Scripts read every key before they write any, so nothing has been written then.
local corrupt

-- Reads by one command. A key of a wrong type reads as one without content, and makes `corrupt`.
local function read(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if type(reply) == 'table' and reply.err then
    if not reply.err:find('WRONGTYPE', 1, true) then
      -- Of another kind: let it end the script.
      return redis.call(command, key, ...)
    end
    corrupt = corrupt or {'corrupt', key, 'it has the wrong type'}
    return {}
  end
  return reply
end

-- The server's clock in Unix milliseconds.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A stored number, or nil for anything that this package would not have written.
local function stored_number(text)
  if type(text) == 'string' and #text <= 15 and text:find('^%d+$') then
    return tonumber(text)
  end
  return nil
end

-- Gives an index (sorted set by expiry) the lifetime of its furthest member, at most that of the longest session.
local function keep_index(index)
  local furthest = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
  if furthest[2] then
    redis.call('PEXPIREAT', index, math.min(tonumber(furthest[2]), now_ms() + 400 * 86400000))
  end
end

-- Removes many members; a call takes at most some thousand arguments.
local function remove_members(index, members)
  for first = 1, #members, 1000 do
    redis.call('ZREM', index, unpack(members, first, math.min(first + 999, #members)))
  end
end

-- A record remembers the results of its last operations, newest first, as 'ID=result ID=result ...', so that one that
-- is repeated, however late, changes nothing.
local function remembered(operations, id)
  for known, result in (operations or ''):gmatch('(%S+)=(%S+)') do
    if known == id then
      return result
    end
  end
  return nil
end

local function remember(operations, id, result)
  local kept = {id .. '=' .. result}
  for entry in (operations or ''):gmatch('%S+') do
    if #kept < 8 then
      kept[#kept + 1] = entry
    end
  end
  return table.concat(kept, ' ')
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
  invalidate_chain(chain, reason, math.max((stored_number(expires) or 0) - now, retention))
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

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
    -- Scores that others wrote may be anything.
    local ends = math.min(tonumber(furthest[2]) or 0, now_ms() + 400 * 86400000)
    redis.call('PEXPIREAT', index, math.floor(math.max(ends, 0)))
  end
end

-- Moves the end of a record and sets fields of it. Works at the memory limit, because what changes a key's lifetime may
-- come first and what then writes is let pass; and once more at the end, because an end that has passed meanwhile
-- removes the key, and writing would make it anew, for ever.
local function slide(key, ends, ...)
  redis.call('PEXPIREAT', key, ends)
  redis.call('HSET', key, ...)
  redis.call('PEXPIREAT', key, ends)
end

-- Removes members, also many; a call takes at most some thousand arguments.
local function remove_members(index, members)
  for first = 1, #members, 1000 do
    redis.call('ZREM', index, unpack(members, first, math.min(first + 999, #members)))
  end
  if #members > 0 then
    keep_index(index)
  end
end

-- Takes one member out of an index. An index that is not one any more must not keep anything in.
local function leave_index(index, member)
  if redis.pcall('ZREM', index, member) == 1 then
    keep_index(index)
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

-- Notes from when on logins are refused, and what the last operations came to, in place of whatever is there. Removes
-- first, because Redis at its memory limit lets a script add only after that.
local function note_operations(record, not_before, operations, lifetime)
  if redis.pcall('HDEL', record, 'operations') ~= 1 then
    -- Nothing that could be removed, or no hash at all.
    redis.call('DEL', record)
  end
  redis.call('HSET', record, 'notBefore', not_before, 'operations', operations)
  redis.call('PEXPIRE', record, lifetime)
end

-- What a session's or a grant's key names: T.R; of the key up to R: the ID up to R.
local function id_of(key)
  local tag, random = key:match('{(%x+)}(%..*)$')
  return tag .. random
end

-- The user, or the organization, whose index a key is.
local function owner_of(index)
  return index:match('^[^}]*}:(.*)$')
end

-- Tells whoever listens on '<prefix>:events' of a change; an empty text is left out. A change stands, also where the
-- server does not let us publish.
local function publish(event, now, content)
  local message = {event = event, at = now}
  for name, value in pairs(content) do
    if value and value ~= '' then
      message[name] = value
    end
  end
  redis.pcall('PUBLISH', KEYS[1]:match('^([^{]*):[a-z-]+:{') .. ':events', cjson.encode(message))
end

-- Removes what expired from a user's index, which is when anybody learns of it.
local function prune_expired(index, session_stem, now)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', '(' .. now)) do
    publish('sessionExpired', now, {session = id_of(session_stem .. member), user = owner_of(index)})
  end
  redis.call('ZREMRANGEBYSCORE', index, '-inf', '(' .. now)
end

-- Invalidates a refresh-token chain until no token of it can be valid any more. DEL comes first, because Redis at its
-- memory limit lets a script add only after it has removed.
local function invalidate_chain(chain, reason, ttl)
  redis.call('DEL', chain)
  redis.call('SET', chain, reason, 'PX', ttl)
end

-- What a termination writes into each record. An optional value is passed as '' and then left out.
local function termination_fields(now, by, reason)
  local fields = {'state', 'terminated', 'terminated', ('%.0f'):format(now)}
  if by ~= '' then
    fields[#fields + 1] = 'terminatedBy'
    fields[#fields + 1] = by
  end
  if reason ~= '' then
    fields[#fields + 1] = 'reason'
    fields[#fields + 1] = reason
  end
  return fields
end

-- Marks one active session as terminated and invalidates its chain. Its index entry is the caller's business.
local function mark_terminated(session, chain, user, now, expires, retention, by, reason)
  invalidate_chain(chain, reason, math.max((stored_number(expires) or 0) - now, retention))
  redis.call('HSET', session, unpack(termination_fields(now, by, reason)))
  redis.call('PEXPIRE', session, retention)
  publish('sessionTerminated', now, {session = id_of(session), user = user, by = by, reason = reason})
end

-- The same for many of one user, after something else has been removed: three writes for each, and what they have in
-- common is made once, for it is here that a script holds the server longest. One message tells of some hundred.
local function mark_all_terminated(victims, session_stem, chain_stem, user, now, retention, by, reason)
  local call, fields = redis.call, termination_fields(now, by, reason)
  local kept = now + retention
  local kept_text, retention_text = ('%.0f'):format(kept), ('%.0f'):format(retention)
  local tag = id_of(session_stem)
  local told = {}
  for position, victim in ipairs(victims) do
    local session = session_stem .. victim.member
    -- As a number: the stored text may spell it as SET would not have it, and nothing may end the script here.
    local expires = stored_number(victim.expires) or 0
    call('SET', chain_stem .. victim.member, reason, 'PXAT', expires > kept and expires or kept_text)
    call('HSET', session, unpack(fields))
    call('PEXPIRE', session, retention_text)
    told[#told + 1] = tag .. victim.member
    if #told == 250 or position == #victims then
      publish('sessionTerminated', now, {sessions = told, user = user, by = by, reason = reason})
      told = {}
    end
  end
end

-- When the login of a session's record, as `terminate_members` reads it, was. One that does not say began long ago.
local function began(record)
  return stored_number(record[4] or record[3]) or 0
end

-- Terminates those members of a user's index for which `leaves` holds; what is no active session leaves the index
-- without a word. `leaves` sees a member and its record's `state`, `expires`, `created` and `authenticated`.
-- Returns the sessions that were terminated, by their members; when the index is corrupt, nothing is written.
local function terminate_members(index, session_stem, chain_stem, now, retention, by, reason, leaves)
  local leaving, victims, ended = {}, {}, {}
  local pcall = redis.pcall
  for _, member in ipairs(read('ZRANGE', index, 0, -1)) do
    -- A record of a wrong type is no active session.
    local record = pcall('HMGET', session_stem .. member, 'state', 'expires', 'created', 'authenticated')
    if leaves(member, record) then
      leaving[#leaving + 1] = member
      if record[1] == 'active' then
        ended[#ended + 1] = member
        victims[#victims + 1] = {member = member, expires = record[2]}
      end
    end
  end
  if corrupt then
    return {}
  end
  remove_members(index, leaving)
  mark_all_terminated(victims, session_stem, chain_stem, owner_of(index), now, retention, by, reason)
  return ended
end

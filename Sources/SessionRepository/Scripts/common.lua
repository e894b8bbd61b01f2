-- What the scripts share: `local` statements only. Each carries what it uses of it (LuaPrelude.swift).

-- What a script returns instead of its result when a key does not hold what it should:
-- {'corrupt', key, problem}. Scripts read every key before they write any, so nothing has been written then.
local corrupt

-- Whether a reply is the error of a command on a key of a wrong type.
local function is_wrong_type(reply)
  return type(reply) == 'table' and reply.err and reply.err:find('WRONGTYPE', 1, true)
end

-- Reads by one command. A key of a wrong type reads as one without content, and makes `corrupt`.
local function read(command, key, ...)
  local reply = redis.pcall(command, key, ...)
  if is_wrong_type(reply) then
    corrupt = corrupt or {'corrupt', key, 'it has the wrong type'}
    return {}
  end
  if type(reply) == 'table' and reply.err then
    -- Of another kind: let it end the script.
    return redis.call(command, key, ...)
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

-- What a session's record repeats of its ID, to prove whose it is.
local function identity_of(R)
  return R:sub(1, 8)
end

-- The answer of a script that found a record under another one's key; nil where the record, which has this `id`, is
-- that of R. Scripts that only take away do not ask.
local function foreign(key, id, R)
  if id ~= identity_of(R) then
    return {'corrupt', key, 'id is not that of the key: it is the record of another one'}
  end
end

-- Why a session whose record has these fields may not be changed: 'notActive', or what `foreign` answers. Nil where it
-- may.
local function refused_change(key, user, state, id, R)
  if state == 'terminated' or (not user and not state and redis.call('EXISTS', key) == 0) then
    return 'notActive'
  end
  return foreign(key, id, R)
end

-- A session's idle timeout in ms as its record has it: left out when it is that of a default `SessionPolicy`, 14 days.
-- Nil for anything that this package would not have written.
local default_idle = 1209600000
local function idle_of(text)
  if not text then
    return default_idle
  end
  return stored_number(text)
end

-- No session is longer, in ms.
local longest_lifetime = 400 * 86400000
-- The lifetime of a default `SessionPolicy`. Of sessions that are longer, their user's account knows the furthest end.
local usual_lifetime = 30 * 86400000

-- When the last session ends of those that are no longer than usual. One day more, because the clock may have been
-- another server's, and ahead.
local function usual_end(now)
  return now + usual_lifetime + 86400000
end

-- When a session ends at the latest, as its record has it: left out when that is the usual lifetime after `created`.
-- Nil for anything that this package would not have written.
local function expires_of(text, created)
  if text then
    return stored_number(text)
  end
  created = stored_number(created)
  return created and created + usual_lifetime
end

-- What a new record says of that: false for nothing.
local function recorded_expires(expires, created)
  return expires - created ~= usual_lifetime and expires
end

-- Gives an index (sorted set by expiry) the lifetime of its furthest member, at most that of the longest session.
local function keep_index(index)
  local furthest = redis.call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
  if furthest[2] then
    -- Scores that others wrote may be anything.
    local ends = math.min(tonumber(furthest[2]) or 0, now_ms() + longest_lifetime)
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

-- Records an address that differs from the recorded one while it is too early to record the activity itself. At most so
-- many times until that is recorded, which removes `moves`: clients that take turns must not make each request a write.
-- Returns whether it did.
local most_moves = 4
local function note_address(session, ends, address, recorded, moves)
  local made = stored_number(moves or '0') or most_moves
  if address == '' or address == recorded or made >= most_moves then
    return false
  end
  slide(session, ends, 'ip', address, 'moves', made + 1)
  return true
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

-- An epoch is '<number>-<nonce>'. It changes when sessions end all at once, so that what began before can be told from
-- what began after it, without a comparison of times. The number, which is no less than Unix ms, tells which of two
-- epochs is later. It may come again after a failover; hence the nonce.
local function nonce_of(operation)
  return operation:sub(1, 8)
end

-- The number of an epoch as it was read; 0 where there is none that could be read.
local function number_of(epoch)
  return type(epoch) == 'string' and stored_number(epoch:match('^(%d+)%-')) or 0
end

-- The epoch that a record has; '' where it has none.
local function epoch_of(key)
  local epoch = read('HGET', key, 'epoch')
  if type(epoch) ~= 'string' then
    return ''
  end
  if not epoch:find('^%d+%-[%w_-]+$') then
    corrupt = corrupt or {'corrupt', key, 'epoch is not a number and a nonce'}
  end
  return epoch
end

-- Writes an epoch and other fields; in place of what is there, if it is no hash. Removes first, because Redis at its
-- memory limit lets a script add only after that.
local function write_epoch(key, number, nonce, lifetime, ...)
  if is_wrong_type(redis.pcall('HDEL', key, 'epoch')) then
    redis.call('DEL', key)
  end
  redis.call('HSET', key, 'epoch', ('%.0f-%s'):format(number, nonce), ...)
  redis.call('PEXPIRE', key, lifetime)
end

-- Everyone's epoch, raised to `number` by `operation` where it is lower: a server that took over may have lost that.
-- Writes nothing where a key that was read is corrupt.
local function epoch_since(key, number, operation, lifetime)
  local epoch = epoch_of(key)
  if corrupt or number_of(epoch) >= number then
    return epoch
  end
  write_epoch(key, number, nonce_of(operation), lifetime)
  return epoch_of(key)
end

-- For so long a login may take, in ms.
local longest_login = 86400000

-- Why a login may not end that began when the epochs were others, or too long ago; nil where it may, or has no ticket.
-- Only equality counts, so that no clock decides. The begin only bounds how long a ticket is good for; a clock that was
-- set back by less than that makes no difference.
local function refused_login(ticket, now, user, everyone)
  if ticket.begun == '' then
    return nil
  end
  if ticket.everyone ~= everyone then
    return {'superseded', 'everyoneOut'}
  end
  if ticket.user ~= user then
    return {'superseded', 'bulkTermination'}
  end
  if math.abs(now - tonumber(ticket.begun)) > longest_login then
    return {'ticketExpired'}
  end
end

-- The result of a bulk operation that was done: {number of its epoch, the R of each session that it ended...}. Nil
-- where it was not, or so long ago that it is forgotten.
local function result_of(operation)
  local text = redis.pcall('GET', operation)
  local number = type(text) == 'string' and stored_number(text:match('^%d+'))
  if not number then
    return nil
  end
  local result = {number}
  for R in text:gmatch(' (%S+)') do
    result[#result + 1] = R
  end
  return result
end

local function note_result(operation, number, ended, lifetime)
  local result = {number}
  for position = 1, #ended do
    result[position + 1] = ended[position]
  end
  redis.call('SET', operation, ('%.0f '):format(number) .. table.concat(ended, ' '), 'PX', lifetime)
  return result
end

-- When the last session ends that an account record's `furthest` tells of, as HMGET reads it: 0 when there is none, nil
-- when it cannot be told.
local function end_of(furthest)
  if furthest == false then
    return 0
  end
  return stored_number(furthest)
end

-- Notes in the account record, which has `furthest`, the end of a session that is further away than usual. Before
-- anything else is written, so that no such session is without it. What cannot be read is no bound, and is left to tell
-- so.
local function note_end(account, furthest, expires, now)
  local before = end_of(furthest)
  if before and expires > before and expires - now > usual_lifetime then
    redis.call('HSET', account, 'furthest', expires)
    redis.call('PEXPIRE', account, longest_lifetime)
  end
end

-- Ends the sessions under a grant that is given to another administrator: all, or all but those whose user has the tag
-- `kept`. An ended one stays in the set, behind a '-', until its record is marked: a creation that is repeated must not
-- enter it again. Returns the members as they are then.
local function end_former_sessions(sessions, members, kept)
  local result = {}
  for position, member in ipairs(members) do
    if member:sub(1, 1) ~= '-' and member:sub(1, 8) ~= kept then
      redis.call('SREM', sessions, member)
      member = '-' .. member
      redis.call('SADD', sessions, member)
    end
    result[position] = member
  end
  return result
end

-- Tells those that ended in this way, without the '-', from the others.
local function former_and_remaining(members)
  local former, remaining = {}, {}
  for _, member in ipairs(members) do
    if member:sub(1, 1) == '-' then
      former[#former + 1] = member:sub(2)
    else
      remaining[#remaining + 1] = member
    end
  end
  return former, remaining
end

-- What a session's or a grant's key names: T.R.
local function id_of(key)
  local tag, random = key:match('{(%x+)}(%..+)$')
  return tag .. random
end

-- The user, or the organization, whose index a key is.
local function owner_of(index)
  return index:match('^[^}]*}:(.*)$')
end

-- Publishes a change on '<prefix>:events:<database>'; an empty text is left out. A change stands, also
-- where the server does not let us publish.
local function publish(event, now, content)
  local message = {event = event, at = now}
  for name, value in pairs(content) do
    if value and value ~= '' then
      message[name] = value
    end
  end
  local channel = KEYS[1]:match('^([^{]*):[a-z-]+:{') .. ':events:' .. database
  redis.pcall('PUBLISH', channel, cjson.encode(message))
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

-- Marks one active session as terminated and invalidates its chain. `expires` is nil when it cannot be told. Its index
-- entry is the caller's business.
local function mark_terminated(session, chain, user, now, expires, retention, by, reason)
  invalidate_chain(chain, reason, math.max((expires or 0) - now, retention))
  redis.call('HSET', session, unpack(termination_fields(now, by, reason)))
  redis.call('PEXPIRE', session, retention)
  publish('sessionTerminated', now, {session = id_of(session), user = user, by = by, reason = reason})
end

-- The same for members of a user's index, after something else was removed. Here a script holds the server longest:
-- hence three writes for each, what they have in common made once, and one message for some hundred. The chains are
-- kept until no token can be valid any more of the session that ends last. Returns those that were active.
local function mark_all_terminated(members, furthest, termination)
  local call, pcall = redis.call, redis.pcall
  local fields = termination_fields(termination.now, termination.by, termination.reason)
  -- Ends, not lifetimes: of these Redis would have to make ends, for its log and for replicas.
  local record_end = ('%.0f'):format(termination.now + termination.retention)
  local chain_end = ('%.0f'):format(math.max(furthest, termination.now + termination.retention))
  local session_stem, all, ended, count = termination.sessions, #fields / 2, {}, 0
  for position = 1, #members do
    local member = members[position]
    local session = session_stem .. member
    -- How many of the fields are new: all but `state` in an active session, all where there was no record.
    local added = pcall('HSET', session, unpack(fields))
    if added == all - 1 then
      call('PEXPIREAT', session, record_end)
      count = count + 1
      ended[count] = member
    elseif added == all then
      call('DEL', session)
    elseif type(added) == 'table' and not is_wrong_type(added) then
      -- Of another kind: let it end the script.
      call('HSET', session, unpack(fields))
    end
  end
  local chain_stem, model = termination.chains, nil
  for position = 1, count do
    local chain = chain_stem .. ended[position]
    -- A copy has the reason and the end already, and takes less time. It is not made where there is one already, for
    -- another reason, nor where it is not permitted.
    if not model or pcall('COPY', model, chain) ~= 1 then
      call('SET', chain, termination.reason, 'PXAT', chain_end)
      model = chain
    end
  end
  local tag, user = chain_stem:match('{(%x+)}'), owner_of(termination.index)
  for first = 1, count, 500 do
    publish('sessionTerminated', termination.now, {
      tag = tag, sessions = {unpack(ended, first, math.min(first + 499, count))}, user = user, by = termination.by,
      reason = termination.reason})
  end
  return ended
end

-- The latest of some times as they are stored. Text of equal length is in the order of its numbers: only what looks
-- later than all before is read as a number. From the end, because what an index has last is mostly the latest.
local function latest_of(times, count)
  local latest, text = 0, ''
  for position = count, 1, -1 do
    local time = times[position]
    if time and (#time ~= #text or time > text) then
      local number = stored_number(time)
      if number and number > latest then
        latest, text = number, time
      end
    end
  end
  return latest
end

-- Terminates members of a user's index as `termination` says: {index, sessions, chains (the keys up to R), now,
-- retention, by, reason}. `leaving` leave it, of `total`; `active` of them are sessions, as far as one can tell.
local function terminate_leaving(leaving, total, active, furthest, termination)
  if #leaving == total then
    redis.call('DEL', termination.index)
  else
    remove_members(termination.index, leaving)
  end
  return mark_all_terminated(active, furthest, termination)
end

-- Terminates every member for which `stays` is false; what is no active session only leaves the index. `stays` gets a
-- member and its record's `state`, `expires`, and the two in `more`, of which the
-- first is `created`. Returns the members whose
-- sessions were terminated; when the index is corrupt, nothing is written.
local function terminate_members(termination, stays, more)
  local third, fourth = unpack(more or {})
  local pcall = redis.pcall
  local members = read('ZRANGE', termination.index, 0, -1)
  local leaving, active, expiries, births, count = {}, {}, {}, {}, 0
  -- Where a record leaves `expires` out and `created` is not read: the latest end that it can have.
  local bound = 0
  for _, member in ipairs(members) do
    local session = termination.sessions .. member
    -- A record of a wrong type is no active session.
    local record = third and pcall('HMGET', session, 'state', 'expires', third, fourth)
      or pcall('HMGET', session, 'state', 'expires')
    if not stays(member, record) then
      leaving[#leaving + 1] = member
      if record[1] == 'active' then
        count = count + 1
        active[count], expiries[count] = member, record[2]
        if record[2] then
          births[count] = false
        elseif third then
          births[count] = record[3]
        else
          births[count], bound = false, usual_end(termination.now)
        end
      end
    end
  end
  local furthest = math.max(latest_of(expiries, count), latest_of(births, count) + usual_lifetime, bound)
  return corrupt and {} or terminate_leaving(leaving, #members, active, furthest, termination)
end

-- Terminates all but `kept` without reading their records, where it is known that none ends after `furthest`. An index
-- has active sessions and expired ones; of what others put there, a termination may be recorded once more.
local function terminate_unread(termination, kept, furthest)
  local members = read('ZRANGE', termination.index, 0, -1)
  local leaving = members
  if kept ~= '' then
    leaving = {}
    for _, member in ipairs(members) do
      if member ~= kept then
        leaving[#leaving + 1] = member
      end
    end
  end
  return corrupt and {} or terminate_leaving(leaving, #members, leaving, furthest, termination)
end

-- Terminates sessions that are named, also where a record is gone: a server that took over may never have heard of it.
-- No late duplicate may create it there now, and its tokens stay useless for `mark_lifetime` ms.
local function terminate_listed(listed, mark_lifetime, termination)
  local active, lost, furthest = {}, {}, 0
  for _, R in ipairs(listed) do
    local session = termination.sessions .. R
    local record = redis.pcall('HMGET', session, 'state', 'expires', 'created')
    if record[1] == 'active' then
      active[#active + 1] = R
      furthest = math.max(furthest, expires_of(record[2], record[3]) or 0)
    elseif redis.call('EXISTS', session, termination.chains .. R) == 0 then
      lost[#lost + 1] = R
    end
    leave_index(termination.index, R)
  end
  local ended = mark_all_terminated(active, furthest, termination)
  for _, R in ipairs(lost) do
    redis.call('SET', termination.chains .. R, termination.reason, 'PX', mark_lifetime)
  end
  return ended
end

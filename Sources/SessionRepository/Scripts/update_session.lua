-- Changes fields of an active session. What is not named stays, as does the end of the record.
--
-- KEYS    1 session
-- ARGV    1 R  2 most attributes  3 what attributes' fields begin with  4 number of fields to remove
--         5... their names, then fields to set and their values in turn
-- Result  {'updated', {field, value...}}, {'tooMany'}, or 'notActive'
-- Cost    O(fields)
local record = read('HMGET', KEYS[1], 'user', 'state', 'id')
if corrupt then
  return corrupt
end
local user, state = record[1], record[2]
local refused = refused_change(KEYS[1], user, state, record[3], ARGV[1])
if refused then
  return refused
end
if not user or state ~= 'active' then
  return {'corrupt', KEYS[1], 'user or state is not what it should be'}
end

local removed, values = {}, {}
for position = 5, #ARGV do
  local list = position < 5 + tonumber(ARGV[4]) and removed or values
  list[#list + 1] = ARGV[position]
end
local function is_attribute(field)
  return field:sub(1, #ARGV[3]) == ARGV[3]
end
local known, count, added = {}, 0, 0
for _, field in ipairs(redis.call('HGETALL', KEYS[1])) do
  known[field] = true
  count = count + (is_attribute(field) and 1 or 0)
end
for _, field in ipairs(removed) do
  count = count - (known[field] and is_attribute(field) and 1 or 0)
end
for position = 1, #values, 2 do
  added = added + (not known[values[position]] and is_attribute(values[position]) and 1 or 0)
end
if added > 0 and count + added > tonumber(ARGV[2]) then
  return {'tooMany'}
end
-- Removes first: Redis at its memory limit lets a script add only after that.
if #removed > 0 then
  redis.call('HDEL', KEYS[1], unpack(removed))
end
if #values > 0 then
  redis.call('HSET', KEYS[1], unpack(values))
end
return {'updated', redis.call('HGETALL', KEYS[1])}

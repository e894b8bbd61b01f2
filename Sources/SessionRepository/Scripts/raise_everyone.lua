-- Raises everyone's epoch: logins that began before it are refused from now on, and sessions that were created before
-- it are to end. In a cluster the epoch lies in each slot, and one call raises it in many slots of one server: a script
-- may use any key of its server.
--
-- KEYS    1 everyone, in one slot
-- ARGV    1 lifetime of the record ms  2 least number of the new epoch  3 operation ID  4... everyone, in other slots
-- Result  the number of the epoch in each of them; the same when repeated
-- Cost    O(K) for K slots
local least, nonce, result = tonumber(ARGV[2]), nonce_of(ARGV[3]), {}

local function raise(key)
  local record = redis.pcall('HMGET', key, 'epoch', 'operations')
  local number, operations = number_of(record[1]), record[2] or ''
  -- No clock decides: an epoch that is later already is raised further.
  if not (' ' .. operations .. ' '):find(' ' .. nonce .. ' ', 1, true) then
    number = math.max(number + 1, least)
    local kept = {nonce}
    for known in operations:gmatch('%S+') do
      if #kept < 64 then
        kept[#kept + 1] = known
      end
    end
    write_epoch(key, number, nonce, ARGV[1], 'operations', table.concat(kept, ' '))
  end
  result[#result + 1] = number
end

raise(KEYS[1])
for position = 4, #ARGV do
  raise(ARGV[position])
end
return result

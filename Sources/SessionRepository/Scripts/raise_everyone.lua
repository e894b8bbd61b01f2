-- Raises everyone's epoch in one slot: logins that began before it are refused there from now on, and sessions that were
-- created before it are to end.
--
-- KEYS    1 everyone
-- ARGV    1 lifetime of the record ms  2 least number of the new epoch  3 operation ID
--         4 'again' at a server that may have lost it: an epoch that is no lower stays
-- Result  the number of the epoch now
-- Cost    O(1)
local wanted, nonce = tonumber(ARGV[2]), nonce_of(ARGV[3])
local record = redis.pcall('HMGET', KEYS[1], 'epoch', 'operations')
local number, operations = number_of(record[1]), record[2] or ''
local is_known = (' ' .. operations .. ' '):find(' ' .. nonce .. ' ', 1, true)
if is_known or ARGV[4] == 'again' and number >= wanted then
  return number
end
number = math.max(number + 1, wanted)
local kept = {nonce}
for known in operations:gmatch('%S+') do
  if #kept < 64 then
    kept[#kept + 1] = known
  end
end
write_epoch(KEYS[1], number, nonce, ARGV[1], 'operations', table.concat(kept, ' '))
return number

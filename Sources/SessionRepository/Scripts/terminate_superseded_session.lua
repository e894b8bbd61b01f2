-- Terminates a session that was created before everyone's epoch was last raised, whatever its user's index says.
--
-- KEYS    1 session  2 chain  3 everyone
-- ARGV    1 R  2 index key up to the user ID  3 by, or ''  4 reason, or ''  5 retention of the record ms
-- Result  1 if this call terminated it, else 0
-- Cost    O(log N) for N sessions of the user
local everyone = epoch_of(KEYS[3])
local record = read('HMGET', KEYS[1], 'user', 'state', 'expires', 'created', 'everyone')
if corrupt then
  return corrupt
end
if record[2] ~= 'active' or (record[5] or '') == everyone then
  return 0
end
if record[1] then
  leave_index(ARGV[2] .. record[1], ARGV[1])
end
local expires = expires_of(record[3], record[4])
mark_terminated(KEYS[1], KEYS[2], record[1], now_ms(), expires, tonumber(ARGV[5]), ARGV[3], ARGV[4])
return 1

-- Begins, or continues, the termination of every session in the store: from now on, logins that authenticated before
-- it are refused, whoever's they are.
--
-- KEYS    1 record of everyone
-- ARGV    1 operation ID  2 lifetime of the record ms  3 that time, Unix ms, or '' for now
-- Result  the time before which sessions must have begun to be terminated, Unix ms; the same when repeated
-- Cost    O(1)
local known = read('HMGET', KEYS[1], 'notBefore', 'operations')
local before = stored_number(remembered(known[2] or nil, ARGV[1]))
if before then
  return before
end
-- The clock may be another server's since the last time, and behind.
local cutoff = math.max(tonumber(ARGV[3]) or now_ms(), stored_number(known[1]) or 0)
note_operations(KEYS[1], cutoff, remember(known[2] or nil, ARGV[1], cutoff), ARGV[2])
return cutoff

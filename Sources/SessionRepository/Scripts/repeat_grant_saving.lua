-- Applies again, at a server that may have lost it, what the saving of a support-access grant took away: time, or the
-- access of another administrator. Neither creates nor extends a grant, and leaves one alone that was saved since.
--
-- KEYS    1 grant  2 organization's index  3 sessions under the grant
-- ARGV    1 R  2 when it was saved, as the grant's `saved`  3 expiry, Unix ms  4 granted to, or ''
-- Result  'repeated' or 'unchanged'
-- Cost    O(log N) for N grants of the organization
local known = read('HMGET', KEYS[1], 'organization', 'expires', 'saved', 'grantedBy', 'reason')
read('ZCARD', KEYS[2])
if corrupt then
  return corrupt
end
if not known[1] or (stored_number(known[3]) or 0) >= tonumber(ARGV[2]) then
  return 'unchanged'
end
local now = now_ms()
local expires = math.min(stored_number(known[2]) or math.huge, tonumber(ARGV[3]))
if expires <= now then
  -- It has expired meanwhile, and what is under it.
  redis.call('DEL', KEYS[1], KEYS[3])
  leave_index(KEYS[2], ARGV[1])
  return 'repeated'
end
slide(KEYS[1], expires, 'expires', expires, 'saved', ARGV[2])
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'grantedTo', ARGV[4])
else
  redis.call('HDEL', KEYS[1], 'grantedTo')
end
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('PEXPIREAT', KEYS[3], expires)
redis.call('ZADD', KEYS[2], expires, ARGV[1])
keep_index(KEYS[2])
publish('grantSaved', now, {
  grant = id_of(KEYS[1]), organization = known[1], by = known[4], user = ARGV[4], reason = known[5], expires = expires,
})
return 'repeated'

-- Applies again, at a server that may have lost it, what the saving of a support-access grant took away: time, or the
-- access of other administrators. Neither creates nor extends a grant, and leaves alone what was decided since.
--
-- KEYS    1 grant  2 organization's index  3 sessions under the grant
-- ARGV    1 R  2 when it was saved, as the grant's `saved`  3 expiry, Unix ms  4 the grant's `reassigned`, or ''
--         5 granted to, or ''
-- Result  'repeated' or 'unchanged'
-- Cost    O(log N + S) for N grants of the organization and S sessions under this one
local known =
  read('HMGET', KEYS[1], 'organization', 'expires', 'saved', 'grantedBy', 'reason', 'named', 'grantedTo')
local members = read('SMEMBERS', KEYS[3])
read('ZCARD', KEYS[2])
if corrupt then
  return corrupt
end
local saved, named, reassigned = stored_number(known[3]) or 0, stored_number(known[6]) or 0, tonumber(ARGV[4])
local is_lost = saved < tonumber(ARGV[2])
local is_given_away = reassigned and named < reassigned
if not known[1] or not (is_lost or is_given_away) then
  return 'unchanged'
end
local now = now_ms()
local expires = stored_number(known[2]) or tonumber(ARGV[3])
if is_lost then
  expires = math.min(expires, tonumber(ARGV[3]))
end
if expires <= now then
  -- It has expired meanwhile, and what is under it.
  redis.call('DEL', KEYS[1], KEYS[3])
  leave_index(KEYS[2], ARGV[1])
  return 'repeated'
end
saved = math.max(saved, tonumber(ARGV[2]))
slide(KEYS[1], expires, 'expires', expires, 'saved', saved)
local admin = known[7]
if is_given_away then
  admin = ARGV[5] ~= '' and ARGV[5]
  if admin then
    redis.call('HSET', KEYS[1], 'grantedTo', admin, 'named', reassigned, 'reassigned', reassigned)
  else
    redis.call('HSET', KEYS[1], 'named', reassigned, 'reassigned', reassigned)
    redis.call('HDEL', KEYS[1], 'grantedTo')
  end
  -- A server that lost the change has lost what was entered after it. Of the administrators in between it knows none.
  end_former_sessions(KEYS[3], members)
end
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('PEXPIREAT', KEYS[3], expires)
redis.call('ZADD', KEYS[2], expires, ARGV[1])
keep_index(KEYS[2])
publish('grantSaved', now, {
  grant = id_of(KEYS[1]), organization = known[1], by = known[4], user = admin, reason = known[5], expires = expires,
})
return 'repeated'

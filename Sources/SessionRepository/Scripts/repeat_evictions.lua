-- Ends again, at a server that may have lost it, sessions that made room for a newer one.
--
-- KEYS    1 user's index
-- ARGV    1 R of the first  2 reason  3 retention of the records ms
--         4 lifetime ms of the mark on the chain where the record is gone  5 session key up to R  6 chain key up to R
--         7... R of the others
-- Result  how many sessions this call terminated
-- Cost    O(K log N) for K sessions that made room, N sessions of the user
local now, user, count = now_ms(), owner_of(KEYS[1]), 0

local function evict(R)
  local session, chain = ARGV[5] .. R, ARGV[6] .. R
  local record = redis.pcall('HMGET', session, 'state', 'expires', 'created')
  leave_index(KEYS[1], R)
  if record[1] == 'active' then
    mark_terminated(session, chain, user, now, expires_of(record[2], record[3]), tonumber(ARGV[3]), '', ARGV[2])
    count = count + 1
  elseif redis.call('EXISTS', session, chain) == 0 then
    -- A server that took over may never have heard of it. No late duplicate may create it there now, and its tokens
    -- stay useless.
    invalidate_chain(chain, ARGV[2], tonumber(ARGV[4]))
  end
end

evict(ARGV[1])
for position = 7, #ARGV do
  evict(ARGV[position])
end
return count

-- Accepts a request for an address, if its schedule allows. WAITS, QUIET, KEPT and UNCONFIRMED come from schedule.rs and
-- throttle.rs.
-- KEYS[1]: the address's entry, which is its last acceptance, the request's id and fingerprint, what was before, and
-- whether nobody has confirmed it.
-- ARGV: clock offset, deadline, number of the acceptance, request id and fingerprint ('' without).
-- Returns {what, …}; the instants are text, in microseconds.
local server = server_micros()
if server > tonumber(ARGV[2]) then return {'late'} end
local now = server + tonumber(ARGV[1])
local number, id, fingerprint = ARGV[3], ARGV[4], ARGV[5]

local entry = redis.call('HMGET', KEYS[1], 'step', 'at', 'number', 'id', 'fingerprint', 'before', 'unconfirmed')
local step, at, before = tonumber(entry[1] or ''), tonumber(entry[2] or ''), ''
if step and now < at + KEPT then
  -- The id's own key is written after this one. Until it is, the repetition that comes at the same moment is known here.
  if id ~= '' and entry[4] == id then
    if entry[5] ~= fingerprint then return {'other'} end
    return {'repeated', entry[1], entry[2], entry[3], entry[6]}
  end
  if at > now then
    -- The clock was set back. The wait counts from here on, or it would last until the clock is where it was.
    at = now
    redis.call('HSET', KEYS[1], 'at', digits(at))
  end
  local opens = at + WAITS[step + 1]
  if entry[7] then opens = math.min(opens, at + UNCONFIRMED) end
  if now < opens then return {'refused', digits(opens - now)} end
  before = entry[1] .. ' ' .. digits(at) .. ' ' .. entry[3]
  if now >= at + QUIET then step = 0 else step = math.min(step + 1, #WAITS - 1) end
else
  step = 0
end

redis.call('HSET', KEYS[1], 'step', step, 'at', digits(now), 'number', number,
  'id', id, 'fingerprint', fingerprint, 'before', before, 'unconfirmed', 1)
redis.call('PEXPIRE', KEYS[1], digits(KEPT / 1000))
return {'granted', tostring(step), digits(now), number, before}

-- Where an address stands in its schedule. Changes nothing.
-- KEYS[1]: the address's entry. ARGV: clock offset.
-- Returns {} or the step in force and how long until the next request is accepted, 0 if it would be now.
local now = server_micros() + tonumber(ARGV[1])
local entry = redis.call('HMGET', KEYS[1], 'step', 'at', 'unconfirmed')
local step, at = tonumber(entry[1] or ''), tonumber(entry[2] or '')
if not step or now >= at + math.min(QUIET, KEPT) then return {} end
-- Had the clock been set back, the wait would count from here on.
at = math.min(at, now)
local opens = at + WAITS[step + 1]
if entry[3] then opens = math.min(opens, at + UNCONFIRMED) end
return {entry[1], digits(math.max(opens - now, 0))}

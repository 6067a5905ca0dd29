-- Holds a pending request once more; given an acceptance, remembers one that is new.
-- KEYS[1]: the request. ARGV: clock offset, deadline, fingerprint; then, if its address was taken, the acceptance's
-- step, at, number and what was before.
-- Returns {'late'}, {'new'}, {'other'}, {'same', step} or {'pending', step, at, number, before}.
local server = server_micros()
if server > tonumber(ARGV[2]) then return {'late'} end
local now = server + tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'step', 'at', 'number', 'before', 'confirmed')
if known[1] and now < tonumber(known[3]) + KEPT then
  if known[1] ~= ARGV[3] then return {'other'} end
  if known[6] == '1' then return {'same', known[2]} end
  redis.call('HINCRBY', KEYS[1], 'holders', 1)
  return {'pending', known[2], known[3], known[4], known[5]}
end
if not ARGV[4] then return {'new'} end

redis.call('HSET', KEYS[1], 'fingerprint', ARGV[3], 'step', ARGV[4], 'at', ARGV[5], 'number', ARGV[6],
  'before', ARGV[7], 'confirmed', 0, 'holders', 1)
redis.call('PEXPIRE', KEYS[1], digits(KEPT / 1000))
return {'pending', ARGV[4], ARGV[5], ARGV[6], ARGV[7]}

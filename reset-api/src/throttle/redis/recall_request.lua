-- What is remembered of an identified request.
-- KEYS[1]: the request. ARGV: clock offset, fingerprint.
-- Returns {'new'}, {'other'} or {'same', step}.
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'at', 'step', 'confirmed')
if not known[1] or server_micros() + tonumber(ARGV[1]) >= tonumber(known[2]) + KEPT then return {'new'} end
if known[1] ~= ARGV[2] then return {'other'} end
if known[4] == '1' then return {'same', known[3]} end
return {'new'}

-- The request is stored. Whatever became of its memory, it is remembered; unless its id is another's by now.
-- KEYS[1]: the request. ARGV: clock offset, fingerprint, and the acceptance's step, at, number and what was before.
local now = server_micros() + tonumber(ARGV[1])
local left = tonumber(ARGV[4]) + KEPT - now
-- What need not be remembered any longer says nothing of a later acceptance.
if left <= 0 then return 0 end
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'at')
if known[1] and known[1] ~= ARGV[2] and now < tonumber(known[2]) + KEPT then return 0 end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[2], 'step', ARGV[3], 'at', ARGV[4], 'number', ARGV[5],
  'before', ARGV[6], 'confirmed', 1)
redis.call('PEXPIRE', KEYS[1], digits(math.ceil(left / 1000)))
return 1

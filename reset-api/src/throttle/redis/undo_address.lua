-- Puts the acceptance before back in force, unless another one, or a reset, came in between.
-- KEYS[1]: the address's entry. ARGV: clock offset, number of the acceptance, and step, at and number of the one
-- before (empty without).
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then return redis.call('DEL', KEYS[1]) end
local left = tonumber(ARGV[4]) + KEPT - (server_micros() + tonumber(ARGV[1]))
redis.call('HSET', KEYS[1], 'step', ARGV[3], 'at', ARGV[4], 'number', ARGV[5], 'id', '', 'fingerprint', '', 'before', '')
redis.call('PEXPIRE', KEYS[1], digits(math.ceil(left / 1000)))
return 1

-- The request that an address was taken for is stored: its schedule is in force. Unless another acceptance, or a reset,
-- came in between.
-- KEYS[1]: the address's entry. ARGV: number of the acceptance.
if redis.call('HGET', KEYS[1], 'number') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'unconfirmed')

-- Lets go of a request once; forgets it when nobody holds it any longer.
-- KEYS[1]: the request. ARGV: number of the acceptance.
-- Returns 1 if its acceptance must stay, because somebody else holds it or it is stored, else 0.
local known = redis.call('HMGET', KEYS[1], 'number', 'confirmed')
if known[1] ~= ARGV[1] then return 0 end
if known[2] == '1' then return 1 end
if redis.call('HINCRBY', KEYS[1], 'holders', -1) > 0 then return 1 end
redis.call('DEL', KEYS[1])
return 0

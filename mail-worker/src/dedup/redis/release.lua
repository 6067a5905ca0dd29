-- The claim ends; surely nothing was accepted under it. Where the store was emptied since, nothing is left to end.
-- KEYS[1]: the mail's entry. ARGV: fence.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'accepted_at')
if not entry[1] then return 'done' end
if entry[1] ~= ARGV[1] or entry[2] then return 'lost' end
redis.call('HSET', KEYS[1], 'lease_until', 0, 'dotted', 0)
return 'done'

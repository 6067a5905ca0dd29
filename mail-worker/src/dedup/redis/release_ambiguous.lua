-- The claim ends; its dot becomes one without an answer, which no later release takes back. Where the store was emptied
-- since, the dot is written down anew.
-- KEYS[1]: the mail's entry. ARGV: fence, lifetime of the entry in milliseconds.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'dotted', 'accepted_at')
local dotted = tonumber(entry[2] or 1)
if entry[1] and (entry[1] ~= ARGV[1] or entry[3]) then return 'lost' end
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'lease_until', 0, 'dotted', 0)
redis.call('HINCRBY', KEYS[1], 'unanswered', dotted)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 'done'

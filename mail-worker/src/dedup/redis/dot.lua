-- The final dot is about to be written.
-- KEYS[1]: the mail's entry. ARGV: clock offset, fence.
-- Returns 'done', 'lost', or 'gone': the store was emptied since the claim.
local entry = redis.call('HMGET', KEYS[1], 'fence', 'lease_until', 'accepted_at')
if not entry[1] then return 'gone' end
local now = server_micros() + tonumber(ARGV[1])
if entry[1] ~= ARGV[2] or entry[3] or tonumber(entry[2]) <= now then return 'lost' end
redis.call('HSET', KEYS[1], 'dotted', 1)
return 'done'

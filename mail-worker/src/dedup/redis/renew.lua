-- The attempt goes on: the lease begins anew, also one that ran out, if nobody claimed since.
-- KEYS[1]: the mail's entry. ARGV: clock offset, deadline, fence, lease in microseconds, lifetime of the entry in
-- milliseconds.
-- Returns 'done', 'lost', 'late', or 'gone': the store was emptied since the claim.
local server = server_micros()
if server > tonumber(ARGV[2]) then return 'late' end
local entry = redis.call('HMGET', KEYS[1], 'fence', 'lease_until')
if not entry[1] then return 'gone' end
-- A claim that was released or sent has no lease: zero.
if entry[1] ~= ARGV[3] or tonumber(entry[2]) == 0 then return 'lost' end
redis.call('HSET', KEYS[1], 'lease_until', digits(server + tonumber(ARGV[1]) + tonumber(ARGV[4])))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 'done'

-- KEYS: counter. ARGV: now, end of a window that opens now, ttl. The count so far.
local ends = redis.call('HGET', KEYS[1], 'expires')
if ends and tonumber(ends) > tonumber(ARGV[1]) then
    return redis.call('HINCRBY', KEYS[1], 'value', 1)
end
redis.call('HSET', KEYS[1], 'expires', ARGV[2], 'value', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1

-- KEYS: session, sessions of the reader, then one key an index.
-- ARGV: session's name, opened, expires, idle, last seen, ttl, record, then the sealed sid of each index.
local name, opened, expires, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local function join(set)
    redis.call('ZREMRANGEBYSCORE', set, '-inf', opened)
    redis.call('ZADD', set, expires, name)
    if redis.call('PTTL', set) < tonumber(ttl) then redis.call('PEXPIRE', set, ttl) end
end
local joined = { KEYS[2] }
join(KEYS[2])
redis.call('HSET', KEYS[1], 'expires', expires, 'idle', ARGV[4], 'seen', ARGV[5], 'record', ARGV[7])
for place = 3, #KEYS do
    join(KEYS[place])
    joined[#joined + 1] = KEYS[place]
    redis.call('HSET', KEYS[1], 'sid:' .. KEYS[place], ARGV[place + 5])
end
redis.call('HSET', KEYS[1], 'joined', table.concat(joined, ' '))
redis.call('PEXPIRE', KEYS[1], ttl)
return 1

-- KEYS: trace, ring, its sequence. ARGV: code, record, ttl, size of the ring, prefix of traces.
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[4])
if over > 0 then
    local oldest = redis.call('ZPOPMIN', KEYS[2], math.min(over, 200))
    for place = 1, #oldest, 2 do redis.call('DEL', ARGV[5] .. oldest[place]) end
end
return 1

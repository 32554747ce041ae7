-- KEYS: sessions of the reader. ARGV: prefix of sessions, prefix of services. How many were ended.
local ended = 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    local joined = redis.call('HGET', ARGV[1] .. name, 'joined')
    if joined then
        for set in string.gmatch(joined, '%S+') do redis.call('ZREM', set, name) end
    end
    ended = ended + redis.call('DEL', ARGV[1] .. name)
    redis.call('DEL', ARGV[2] .. name)
end
redis.call('DEL', KEYS[1])
return ended

-- KEYS: session, its services. ARGV: session's name. Record, last seen, then the services.
local held = redis.call('HMGET', KEYS[1], 'record', 'seen', 'joined')
if not held[1] then return false end
local answer = { held[1], held[2] }
for _, service in ipairs(redis.call('HVALS', KEYS[2])) do answer[#answer + 1] = service end
redis.call('DEL', KEYS[1], KEYS[2])
for set in string.gmatch(held[3], '%S+') do redis.call('ZREM', set, ARGV[1]) end
return answer

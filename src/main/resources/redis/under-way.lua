-- Says that generations are still under way, so that they count on.
-- KEYS: one set. ARGV: life of an entry in ms, then ids.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life = tonumber(ARGV[1])
for i = 2, #ARGV do
  redis.call('ZADD', KEYS[1], now + life, ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], life)
return {1}

-- The limits of one caller, all of them or none, by the server's clock.
-- KEYS: windows first, then sets of generations under way.
-- ARGV: what to do (take, look, back), id of the generation, life of an entry in ms, how many windows;
--       for each window: its length in ms, how much is asked for, how much it permits;
--       for each set: how many it permits.
-- Returns: 1 if taken, the place of what blocks longest (0: nothing), ms to wait;
--          then for each window how much counts in it, and ms until nothing does.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local what, id, life, windows = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local soon = 1000

local function ceil(share, length)
  return math.max(1, math.ceil(share * length))
end

-- What happened in this interval, and of the one before the share that still slides.
local state = {}
local wait, which = 0, 0
for w = 1, windows do
  local at = 5 + (w - 1) * 3
  local length, amount, most = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local interval = math.floor(now / length)
  local kept = redis.call('HMGET', KEYS[w], 'interval', 'before', 'now')
  local known = tonumber(kept[1] or '-2')
  local before, current = 0, 0
  if known == interval then
    before, current = tonumber(kept[2]), tonumber(kept[3])
  elseif known == interval - 1 then
    before = tonumber(kept[3])
  end
  local passed = (now % length) / length
  local count = before * (1 - passed) + current
  if what == 'take' and count + amount > most and count > 0 then
    local share = 2
    if before > 0 then
      share = 1 - (most - amount - current) / before
    end
    local millis
    if share <= 1 then
      millis = ceil(share - passed, length)
    else
      millis = ceil(1 - passed + math.max(0, 1 - (most - amount) / current), length)
    end
    if millis > wait then
      wait, which = millis, w
    end
  end
  state[w] = {length = length, amount = amount, interval = interval, before = before, current = current, passed = passed}
end

local sets = #KEYS - windows
if what == 'take' then
  for s = 1, sets do
    local key = KEYS[windows + s]
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    if redis.call('ZCARD', key) >= tonumber(ARGV[4 + windows * 3 + s]) and wait < soon then
      wait, which = soon, windows + s
    end
  end
end

local taken = what == 'take' and wait == 0
if taken or what == 'back' then
  for w = 1, windows do
    local one = state[w]
    one.current = math.max(0, one.current + ((what == 'back') and -one.amount or one.amount))
    redis.call('HSET', KEYS[w], 'interval', one.interval, 'before', tostring(one.before), 'now', tostring(one.current))
    redis.call('PEXPIRE', KEYS[w], one.length * 2 + 1000)
  end
end
if taken then
  for s = 1, sets do
    redis.call('ZADD', KEYS[windows + s], now + life, id)
    redis.call('PEXPIRE', KEYS[windows + s], life)
  end
elseif what == 'back' then
  for s = 1, sets do
    redis.call('ZREM', KEYS[windows + s], id)
  end
end

local answer = {taken and 1 or 0, which, wait}
for w = 1, windows do
  local one = state[w]
  local rest = 1 - one.passed
  answer[#answer + 1] = tostring(one.before * rest + one.current)
  local reset = 0
  if one.current > 0 then
    reset = ceil(rest + 1, one.length)
  elseif one.before > 0 then
    reset = ceil(rest, one.length)
  end
  answer[#answer + 1] = reset
end
return answer

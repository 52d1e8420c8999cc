-- count-attempt-1: counts an attempt in the window that began with the first one.
-- KEYS    1 the counter
-- ARGV    1 window (ms)  2 permits
-- RETURNS {0, redis time, 1 if this one is permitted, ms until the window ends}
-- INVARIANT at most ARGV[2] are permitted in a window; the counter always expires. O(1).
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
return {0, now, count <= tonumber(ARGV[2]) and 1 or 0, left}

-- join-partition-1: makes a partition part of the store.
-- KEYS    1 state of the partition
-- ARGV    1 store id  2 epoch  3 all  4 retention (ms)  5 1 = join, 0 = only look
-- RETURNS {0, redis time, 1 when it had to join}
-- INVARIANT the largest retention stays. A partition of another store keeps its records and its tail, and all of them are dead: `all` is above them.
--         The state never expires.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'id', 't', 'a', 'r')
if state[1] == ARGV[1] then
  if tonumber(state[4]) < tonumber(ARGV[4]) then redis.call('HSET', KEYS[1], 'r', ARGV[4]) end
  return {0, redis_now, 0}
end
if ARGV[5] == '1' then
  local all = math.max(tonumber(state[3] or 0), tonumber(ARGV[3]))
  local retention = math.max(tonumber(state[4] or 0), tonumber(ARGV[4]))
  redis.call('HSET', KEYS[1], 'v', '1', 'id', ARGV[1], 'e', ARGV[2], 't', state[2] or '0-0',
    'a', string.format('%.0f', all), 'r', string.format('%.0f', retention))
end
return {0, redis_now, 1}

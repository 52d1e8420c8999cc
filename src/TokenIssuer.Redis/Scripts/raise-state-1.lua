-- raise-state-1: raises `all` and the epoch of one log's state.
-- KEYS    1 state of a partition or of the global log
-- ARGV    1 store id, empty = whichever it is  2 all  3 epoch
-- RETURNS {0, redis time, all, epoch, partitions (global log only)}, or {91 loss, redis time} when the state is of another store,
--         or {92 unborn, redis time} when there is none
-- INVARIANT both merge by maximum, so repeating it, or doing it from many sides, changes nothing.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local state = redis.call('HMGET', KEYS[1], 'id', 'a', 'e', 'n')
if not state[1] then return {92, redis_now} end
if ARGV[1] ~= '' and state[1] ~= ARGV[1] then return {91, redis_now} end
local all = math.max(tonumber(state[2]), tonumber(ARGV[2]))
local epoch = math.max(tonumber(state[3]), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'a', string.format('%.0f', all), 'e', string.format('%.0f', epoch))
return {0, redis_now, all, epoch, tonumber(state[4] or 0)}

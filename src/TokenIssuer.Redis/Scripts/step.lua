-- step: what every verb begins with. Concatenated in front of the scripts that name it under INCLUDES.
-- KEYS    2 state of the log to write to  3 state of the global log, or 2 again when that lies in another slot
-- ARGV    1 now (ms)  2 deadline (ms of Redis's clock, 0 = none)  3 store id, empty = the caller has seen none yet  4 epoch
--         5 position seen in the log of KEYS[2]  6 position seen in the log of KEYS[3]
--         7 generation, 8 floor, 9 API floor the caller knows  10 retention (ms)  11 doorbell of the log
-- RETURNS nothing, or ends the script: {90 late | 91 loss | 92 unborn | 93 unreadable, redis time in ms}
-- INVARIANT a step whose caller gave up, or on a store that is not the one the caller has seen, writes nothing.
local time = redis.call('TIME')
local redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
local now = tonumber(ARGV[1])
if tonumber(ARGV[2]) > 0 and redis_now > tonumber(ARGV[2]) then return {90, redis_now} end

local function position(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function behind(tail, seen)
  if tail == seen then return false end
  local tail_ms, tail_seq = position(tail)
  local seen_ms, seen_seq = position(seen)
  return tail_ms < seen_ms or (tail_ms == seen_ms and tail_seq < seen_seq)
end

-- 1 store id  2 epoch  3 tail  4 all  5 largest retention  6 version  7 highest generation of anyone
local log = redis.call('HMGET', KEYS[2], 'id', 'e', 't', 'a', 'r', 'v', 'h')
if not log[1] then return {92, redis_now} end
if log[6] ~= '1' then return {93, redis_now} end
if ARGV[3] ~= '' then
  local global = redis.call('HMGET', KEYS[3], 'id', 'e', 't')
  if log[1] ~= ARGV[3] or log[2] ~= ARGV[4] or behind(log[3], ARGV[5])
    or global[1] ~= ARGV[3] or global[2] ~= ARGV[4] or behind(global[3], ARGV[6]) then
    return {91, redis_now}
  end
end

local all = tonumber(log[4])
local retention = math.max(tonumber(ARGV[10]), tonumber(log[5]))

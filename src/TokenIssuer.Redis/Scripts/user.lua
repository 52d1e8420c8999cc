-- user: reads and writes the record of a user. Concatenated in front of the scripts that name it, after step.
-- KEYS    1 hash of the user  2 state of the partition, which remembers the highest generation of anyone
-- ARGV    as in step
-- DEFINES user, the stored values; effective, merged with `all` and with what the caller knows; put_user(); keep(ms)
-- INVARIANT what only the caller knows is judged with but not stored, except by the verb that says so: the record and
--         the log move together.
local user = { generation = 0, floor = 0, api_floor = 0, logged = 1, subject = false }
local user_record = redis.call('HGET', KEYS[1], 'u')
if user_record then
  local version, generation, floor, api_floor, logged, at = struct.unpack('>BI7I7I7B', user_record)
  if version ~= 1 then return {93, redis_now} end
  user = { generation = generation, floor = floor, api_floor = api_floor, logged = logged, subject = string.sub(user_record, at) }
end

local effective = {
  generation = math.max(user.generation, all, tonumber(ARGV[7])),
  floor = math.max(user.floor, all, tonumber(ARGV[8])),
  api_floor = math.max(user.api_floor, all, tonumber(ARGV[9])),
}

local function put_user()
  if user.generation > tonumber(log[7] or 0) then redis.call('HSET', KEYS[2], 'h', string.format('%.0f', user.generation)) end
  redis.call('HSET', KEYS[1], 'u',
    struct.pack('>BI7I7I7B', 1, user.generation, user.floor, user.api_floor, user.logged) .. user.subject)
end

local function user_entry()
  return string.sub(ARGV[12], 1, 16)
    .. struct.pack('>I7I7I7', user.generation, user.floor, user.api_floor) .. user.subject
end

-- Expiry is Redis's own, and a later write never shortens it.
local function keep(ms)
  if redis.call('PTTL', KEYS[1]) < ms then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ms)) end
end

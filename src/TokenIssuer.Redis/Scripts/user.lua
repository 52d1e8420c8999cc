-- user: reads and writes the record of a user. Concatenated in front of the scripts that name it, after step.
-- KEYS    1 hash of the user  2 state of the partition, which remembers the highest generation of anyone
-- ARGV    as in step; where 12 is a user key and a family id (32 bytes) the family is read along with the user
-- DEFINES user, the stored values; effective, merged with `all` and with what the caller knows; own_floor, own_api_floor,
--         merged with `all` alone; family_id, family_record, family_metadata; put_user(); user_entry(expiry); keep(ms)
-- INVARIANT what only the caller knows is judged with but not stored, except by the verb that says so: the record and
--         the log move together.
-- told_generation, told_until: what the last entry about the user said, and until when. A login may raise the generation
-- above it; floors are never raised without an entry.
local user = { generation = 0, floor = 0, api_floor = 0, told_generation = 0, told_until = 0, subject = false }
local family_id = #(ARGV[12] or '') == 32 and string.sub(ARGV[12], 17) or ''
local found = redis.call('HMGET', KEYS[1], 'u', family_id, string.sub(family_id, 1, 8))
local user_record, family_record, family_metadata = found[1], found[2], found[3]
if user_record then
  if string.byte(user_record) ~= 2 then return {93, redis_now} end
  local _, generation, floor, api_floor, told_generation, told_until, at = struct.unpack('>BI7I7I7I7I6', user_record)
  user = { generation = generation, floor = floor, api_floor = api_floor, told_generation = told_generation,
    told_until = told_until, subject = string.sub(user_record, at) }
end

-- What may be forgotten is judged without what only the caller knows.
local own_floor, own_api_floor = math.max(user.floor, all), math.max(user.api_floor, all)
local effective = {
  generation = math.max(user.generation, all, tonumber(ARGV[7])),
  floor = math.max(own_floor, tonumber(ARGV[8])),
  api_floor = math.max(own_api_floor, tonumber(ARGV[9])),
}

local function put_user()
  if user.generation > tonumber(log[7] or 0) then redis.call('HSET', KEYS[2], 'h', string.format('%.0f', user.generation)) end
  redis.call('HSET', KEYS[1], 'u',
    struct.pack('>BI7I7I7I7I6', 2, user.generation, user.floor, user.api_floor, user.told_generation, user.told_until)
      .. user.subject)
end

-- The entry about the user as it is now; to be followed by put_user.
local function user_entry(expiry)
  user.told_generation, user.told_until = user.generation, expiry
  return string.sub(ARGV[12], 1, 16)
    .. struct.pack('>I7I7I7', user.generation, user.floor, user.api_floor) .. user.subject
end

-- Expiry is Redis's own, and a later write never shortens it.
local function keep(ms)
  if redis.call('PTTL', KEYS[1]) < ms then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ms)) end
end

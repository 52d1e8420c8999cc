-- assert-user-4: raises the floors of a user to values that the log has lost.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition
-- ARGV    1-11 see step  12 user key (16 bytes)  13 subject  14 generation  15 floor  16 API floor  17 reason
--         18 expiry of the entry (ms)
-- RETURNS {0, redis time, families killed, {id, entry} or {}}
-- INVARIANT values merge by maximum; skips what the record has and the log was told: of many that assert the same, one
--         writes.
-- INCLUDES step, log, user, family
local generation, floor, api_floor = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local expiry = math.min(tonumber(ARGV[18]), latest)
local covered = all >= math.max(generation, floor, api_floor) or (user.subject and user.logged == 1
  and user.generation >= generation and user.floor >= floor and user.api_floor >= api_floor)
if covered or expiry <= now then return {0, redis_now, 0, {}} end
user.generation = math.max(effective.generation, generation)
user.floor = math.max(effective.floor, floor)
user.api_floor = math.max(effective.api_floor, api_floor)
user.logged = 1
user.subject = user.subject or ARGV[13]
local killed = 0
for _, packed in ipairs(redis.call('HVALS', KEYS[1])) do
  if #packed == 63 and string.byte(packed) == 1 then
    if is_alive(packed) and struct.unpack('>I7', packed, 22) < user.floor then killed = killed + 1 end
  end
end
put_user()
keep(expiry - now + 600000)
append(2, tonumber(ARGV[17]), expiry, user_entry())
close()
return {0, redis_now, killed, entries}

-- assert-user-5: raises the floors of a user to values that the log has lost.
-- KEYS    1 user  2 state of the partition  3 state of the global log, or 2 again  4 log of the partition  5 API tokens
-- ARGV    1-11 see step  12 user key (16 bytes)  13 subject  14 generation  15 floor  16 API floor  17 reason
--         18 expiry of the entry (ms), 0 = as late as allowed
-- RETURNS {0, redis time, families killed, {id, entry} or {}, API tokens killed}
-- INVARIANT values merge by maximum; skips what the log was told, for as long: of many that assert the same, one writes.
--         O(families and API tokens of the user).
-- INCLUDES step, log, user, family, api-token
local generation, floor, api_floor = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local asked = tonumber(ARGV[18])
local expiry = asked > 0 and math.min(asked, latest) or now + retention
local told = user.told_generation >= generation and user.floor >= floor and user.api_floor >= api_floor
  and (user.told_until >= expiry or (asked == 0 and user.told_until >= now))
if told or all >= math.max(generation, floor, api_floor) or (expiry <= now and not user_record) then
  return {0, redis_now, 0, {}, 0}
end

local killed = 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local packed = fields[i + 1]
  if is_family(fields[i], packed) and string.byte(packed) == 1 then
    if is_alive(packed) and struct.unpack('>I7', packed, 22) < floor then killed = killed + 1 end
  end
end
local tokens = count_living_tokens()
user.generation = math.max(effective.generation, generation)
user.floor = math.max(effective.floor, floor)
user.api_floor = math.max(effective.api_floor, api_floor)
effective.api_floor = user.api_floor
tokens = tokens - count_living_tokens()
user.subject = user.subject or ARGV[13]
append(2, tonumber(ARGV[17]), expiry, user_entry(expiry))
put_user()
keep(expiry - now + 600000)
close()
return {0, redis_now, killed, entries, tokens}
